import type pg from 'pg'
// @ts-expect-error: `@types/pg` does not describe this module, which the package exports.
import { prepareValue } from 'pg/lib/utils.js'
import { serialize } from 'pg-protocol'

/*
 * Several prepared statements in one message that ends with one Sync (PostgreSQL, section 54.2.3): PostgreSQL runs them one after
 * the other, and neither it nor we wake more than once. `pg` by itself sends a Sync and a Describe for each statement; what
 * the columns of a statement are is known here from its first time.
 */

/** A prepared statement. `name` identifies its text: two texts never share a name, and no name is longer than 63 characters. */
export type Statement = { name: string; text: string; values?: unknown[] }

/** The rows of a statement, and what PostgreSQL calls it (`COMMIT`, `INSERT 0 1`). */
export type StatementAnswer = { rows: unknown[]; command: string }

/**
 * Runs the statements in their order. If one fails, none after it is run, and the answer is its error; what those
 * before it did is undone unless a transaction keeps it open.
 */
export function exchange(client: pg.ClientBase, statements: Statement[]): Promise<StatementAnswer[]> {
  return new Promise((resolve, reject) => {
    const query = createQuery(client, statements, (error, answers = []) =>
      error == null ? resolve(answers) : reject(error),
    )
    // `pg` runs whatever can submit itself; its types know only those of its own family.
    client.query(query as unknown as pg.Submittable)
  })
}

/** SQLSTATE of "cached plan must not change result type": another has changed the columns. Prepared anew, it runs. */
const planOutOfDate = '0A000'

type ParseValue = (text: string) => unknown
type Column = { name: string; parse: ParseValue }

/** The columns of each statement that a connection has prepared; none for one that gives no rows. */
const preparedOn = new WeakMap<pg.ClientBase, Map<string, Column[]>>()

function preparedStatementsOf(client: pg.ClientBase): Map<string, Column[]> {
  const known = preparedOn.get(client) ?? new Map<string, Column[]>()
  preparedOn.set(client, known)
  return known
}

type Done = (error: Error | null | undefined, answers?: StatementAnswer[]) => void

/** What `pg` calls a query: it submits itself, and is told of every message that answers it. */
function createQuery(client: pg.ClientBase, statements: Statement[], done: Done) {
  const prepared = preparedStatementsOf(client)
  const answers: StatementAnswer[] = []
  let rows: unknown[] = []
  let columns = columnsOfNext()

  function columnsOfNext(): Column[] {
    return prepared.get(statements[answers.length]?.name ?? '') ?? []
  }

  return {
    /** `pg` wraps its time limit around it. */
    callback: done,
    submit({ stream }: { stream: { write(bytes: Buffer): void } }): Error | null {
      try {
        stream.write(render(statements, prepared))
        return null
      } catch (error) {
        return error as Error
      }
    },
    handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
      columns = fields.map(({ name, dataTypeID }) => ({
        name,
        parse: client.getTypeParser(dataTypeID, 'text') as ParseValue,
      }))
    },
    handleDataRow({ fields }: { fields: (string | null)[] }): void {
      rows.push(readRow(columns, fields))
    },
    handleCommandComplete({ text }: { text: string }): void {
      const { name } = statements[answers.length] as Statement
      if (!prepared.has(name)) prepared.set(name, columns)
      answers.push({ rows, command: text })
      rows = []
      columns = columnsOfNext()
    },
    handleError(error: Error & { code?: string }): void {
      if (error.code === planOutOfDate) prepared.delete(statements[answers.length]?.name ?? '')
      this.callback(error)
    },
    handleReadyForQuery(): void {
      this.callback(null, answers)
    },
  }
}

function readRow(columns: Column[], fields: (string | null)[]): unknown {
  const row: Record<string, unknown> = {}
  for (let index = 0; index < columns.length; index += 1) {
    const { name, parse } = columns[index] as Column
    const field = fields[index]
    row[name] = field == null ? null : parse(field)
  }
  return row
}

/** The messages of all statements (PostgreSQL, section 54.7) in one piece. */
function render(statements: Statement[], prepared: ReadonlyMap<string, Column[]>): Buffer {
  const messages = statements.flatMap(({ name, text, values = [] }) => {
    const bind = serialize.bind({ statement: name, values, valueMapper: (value) => prepareValue(value) })
    if (prepared.has(name)) return [bind, serialize.execute()]
    // A former try may have prepared it before it failed. To close what is not there is no error.
    return [
      serialize.close({ type: 'S', name }),
      serialize.parse({ name, text }),
      bind,
      serialize.describe({ type: 'P' }),
      serialize.execute(),
    ]
  })
  return Buffer.concat([...messages, serialize.sync()])
}
