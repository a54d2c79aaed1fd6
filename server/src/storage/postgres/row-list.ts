/*
 * Many rows as the parameters of one statement: an array for each column. PostgreSQL reads them in half the time that
 * the same rows take as JSON, and half the bytes are sent.
 */

type Cell = string | number | boolean | Date | object | null | undefined

export type RowList<Column extends string> = {
  /** The names of the columns: those inserted into, and those selected. */
  columns: string
  /** For a from clause: the rows as `i`, with the columns by their names and `i.n`, the number of the row from 1. */
  from: string
  /** The parameters after those of the rows: `after(1)` is the first of them. */
  after(place: number): string
  /** The statement's parameters, one for each column. Undefined becomes null. The first column of a row is never null. */
  values(rows: { [Name in Column]?: Cell }[]): string[]
}

/**
 * The rows of a statement: `columns` gives the PostgreSQL type of each. Their parameters come first, `$1` and so on;
 * the other parameters of the statement are numbered after them.
 */
export function rowList<Column extends string>(columns: Record<Column, string>): RowList<Column> {
  const names = Object.keys(columns) as Column[]
  // An array of arrays would be flattened, so a list within a row is sent as text.
  const parameters = names.map(
    (name, index) => `$${index + 1}::${isList(columns[name]) ? 'text' : columns[name]}[]`,
  )
  const selected = names.map((name) =>
    isList(columns[name]) ? `${name}::${columns[name]} as ${name}` : name,
  )
  const literals = names.map((name) => ({ name, literal: literalOf(columns[name]) }))
  return {
    columns: names.join(', '),
    from: `(
      select ${[...selected, 'n'].join(', ')}
      from unnest(${parameters.join(', ')}) with ordinality as u(${[...names, 'n'].join(', ')})
    ) i`,
    after: (place) => `$${names.length + place}`,
    values: (rows) =>
      literals.map(({ name, literal }) =>
        // `unnest` fills a shorter array up with nulls, so a column of nothing else need not be written.
        rows.every((row) => row[name] == null) ? '{}' : arrayOf(rows, (row) => literal(row[name])),
      ),
  }
}

const isList = (type: string): boolean => type.endsWith('[]')

/** `{a,b}`: the text of an array (section 8.15 of PostgreSQL's manual). */
function arrayOf<Item>(items: Item[], literal: (item: Item) => string): string {
  let text = ''
  for (const item of items) text += text === '' ? literal(item) : `,${literal(item)}`
  return `{${text}}`
}

/** How a value of a column is written as an item of an array. */
function literalOf(type: string): (value: Cell) => string {
  const momentText = createMomentText()
  const text = (value: Cell): string => {
    if (value == null) return 'null'
    if (typeof value === 'string') return quoted(value)
    return value instanceof Date ? momentText(value) : String(value)
  }
  if (type === 'json' || type === 'jsonb')
    return (value) => (value == null ? 'null' : quoted(JSON.stringify(value)))
  if (isList(type)) return (value) => (value == null ? 'null' : quoted(arrayOf(value as Cell[], text)))
  return text
}

/** Most moments of one column are the same, and writing one costs as much as the rest of its row. */
function createMomentText(): (moment: Date) => string {
  let time = Number.NaN
  let text = ''
  return (moment) => {
    if (moment.getTime() !== time) {
      text = `"${moment.toISOString()}"`
      time = moment.getTime()
    }
    return text
  }
}

const quoted = (value: string): string =>
  /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
