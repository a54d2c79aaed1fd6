import type { AccountFields, FieldIssue } from '../../engine/accounts/prepare-account.ts'

/** The columns of an import, and the field that each one fills. */
const accountColumns = {
  type: 'type',
  email: 'email',
  phone: 'phone',
  first_name: 'firstName',
  last_name: 'lastName',
  full_name: 'fullName',
  agent_code: 'agentCode',
  assigned_area: 'assignedArea',
  locale: 'locale',
  business_ids: 'businessIds',
  password: 'password',
  password_hash: 'passwordHash',
} as const satisfies Record<string, keyof AccountFields>

type Column = keyof typeof accountColumns

export type Header =
  | { ok: true; readFields: (values: string[]) => AccountFields | string }
  | { ok: false; problem: string }

/** Reads the first line: column names in any order; capitals, spaces and hyphens do not matter. */
export function parseHeader(names: string[], { skipsUnknown }: { skipsUnknown: boolean }): Header {
  const columns = names.map(columnOf)
  const unknown = names.filter((_, index) => columns[index] === null)
  const known = columns.filter((column) => column !== null)
  const refuse = (problem: string): Header => ({ ok: false, problem })

  if (unknown.length > 0 && !skipsUnknown) {
    return refuse(
      `there is no column ${unknown.map((name) => `"${name}"`).join(', ')}; there are ${Object.keys(accountColumns).join(', ')}. ` +
        'Rename or remove it, or pass --skip-unknown-columns',
    )
  }
  if (new Set(known).size < known.length) return refuse('a column stands there twice')
  if (!known.includes('email') && !known.includes('phone'))
    return refuse('the first line must name the columns, at least email or phone')
  return { ok: true, readFields: (values) => readFields(columns, values) }
}

const columnOf = (name: string): Column | null => {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  return Object.hasOwn(accountColumns, plain) ? (plain as Column) : null
}

/** The fields of one line, or what is wrong with the whole line. */
function readFields(columns: (Column | null)[], values: string[]): AccountFields | string {
  if (values.length !== columns.length)
    return `has ${values.length} ${values.length === 1 ? 'field' : 'fields'} where the first line has ${columns.length}`
  if (values.some((value) => value.includes('\uFFFD'))) return 'is not encoded in UTF-8'

  const fields: AccountFields = {}
  columns.forEach((column, index) => {
    if (column === null) return
    const value = values[index] ?? ''
    // Blanks are part of a password, as letters are.
    if (column === 'password') fields.password = value
    else if (column === 'business_ids') fields.businessIds = readIds(value)
    else fields[accountColumns[column]] = value.trim()
  })
  return fields
}

/** Reads numbers with anything between them that cannot be part of a number. */
const readIds = (value: string): number[] =>
  value
    .split(/[\s,;|]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN))

/** What is wrong with a field, in the words of the file. */
export function renderFieldIssue({ field, message }: FieldIssue): string {
  const column = Object.entries(accountColumns).find(([, name]) => name === field)?.[0] ?? field
  return `${column} ${message}`
}
