import type { Actor } from '../../domain/operator.ts'

/*
 * What runs statements on PostgreSQL. Every statement is named, so that PostgreSQL plans it once per connection.
 */

export type Transaction = {
  /** Who does what this transaction records; the server by itself unless somebody is named. */
  actor?: Actor
  /** Runs one prepared statement. `name` identifies its text: two texts never share a name. */
  query<Row>(name: string, sql: string, values?: unknown[]): Promise<Row[]>
}

/** A transaction of a batch: statements that need no answer are not awaited. */
export type BatchTransaction = Transaction & {
  /** Sends a statement together with the commit; if it fails, the transaction does. */
  write(name: string, sql: string, values: unknown[]): void
}
