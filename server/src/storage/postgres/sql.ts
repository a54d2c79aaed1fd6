/*
 * The way to PostgreSQL: two pools, their settings, and the difference between a fault that passes and one that does not.
 * Every statement is named, so that PostgreSQL plans it once a connection.
 */

export type Transaction = {
  /** Runs one prepared statement. `name` identifies its text: two texts never share one. */
  query<Row>(name: string, sql: string, values?: unknown[]): Promise<Row[]>
}

/** A transaction of a batch: its connection is pipelined, so statements that need no answer wait for nothing. */
export type BatchTransaction = Transaction & {
  /** Sends a statement together with the commit; if it fails, the transaction does. */
  write(name: string, sql: string, values: unknown[]): void
}
