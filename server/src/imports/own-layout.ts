import type { AccountFields, FieldIssue } from '../engine/accounts/prepare-account.ts'
import { isNothing, type Layout, readFlag, trimmed } from './layout.ts'

/** The columns of an import, and the field that each one fills. */
const accountColumns = {
  type: 'type',
  email: 'email',
  email_verified: 'emailVerified',
  phone: 'phone',
  phone_verified: 'phoneVerified',
  first_name: 'firstName',
  last_name: 'lastName',
  full_name: 'fullName',
  agent_code: 'agentCode',
  assigned_area: 'assignedArea',
  locale: 'locale',
  business_ids: 'businessIds',
  password: 'password',
  password_hash: 'passwordHash',
  disabled: 'isActive',
} as const satisfies Record<string, keyof AccountFields>

type Column = keyof typeof accountColumns

/** Our own names, in any order; capitals, spaces and hyphens do not matter, and JSON may write `firstName`. */
export const ownLayout: Layout = {
  name: 'Watchword',
  isOf: () => true,
  reads: (name) => columnOf(name) !== null,
  judgeNames(names) {
    const columns = names.map(columnOf).filter((column) => column !== null)
    if (new Set(columns).size < columns.length) return 'a column stands there twice'
    return columns.includes('email') || columns.includes('phone')
      ? null
      : 'the first line must name the columns, at least email or phone'
  },
  read(values) {
    const byColumn = new Map<Column, unknown>()
    for (const [name, value] of Object.entries(values)) {
      const column = columnOf(name)
      if (column !== null) byColumn.set(column, value)
    }
    return readColumns(byColumn)
  },
}

/** The names, for a file that has others. */
export const ownNames = Object.keys(accountColumns)

function columnOf(name: string): Column | null {
  const plain = name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  return Object.hasOwn(accountColumns, plain) ? (plain as Column) : null
}

function readColumns(columns: ReadonlyMap<Column, unknown>): AccountFields {
  const fields: AccountFields = {}
  for (const [column, value] of columns) {
    if (column === 'business_ids') fields.businessIds = readIds(value)
    // Blanks are part of a password, as letters are.
    else if (column === 'password') fields.password = value
    else if (column === 'email_verified') fields.emailVerified = readVerified(value, columns.get('email'))
    else if (column === 'phone_verified') fields.phoneVerified = readVerified(value, columns.get('phone'))
    else if (column === 'disabled') fields.isActive = readDisabled(value)
    else fields[accountColumns[column]] = trimmed(value)
  }
  return fields
}

/** An empty flag says nothing where there is no address. Beside one it is left empty, which is neither true nor false. */
function readVerified(value: unknown, address: unknown): unknown {
  if (!isNothing(value)) return readFlag(value)
  return isNothing(address) ? undefined : ''
}

function readDisabled(value: unknown): unknown {
  const isDisabled = isNothing(value) ? false : readFlag(value)
  return typeof isDisabled === 'boolean' ? !isDisabled : value
}

/** Reads numbers with anything between them that cannot be part of a number. */
function readIds(value: unknown): unknown {
  if (typeof value !== 'string') return typeof value === 'number' ? [value] : value
  return value
    .split(/[\s,;|]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN))
}

/** What is wrong with a field, in the words of the file. */
export function renderFieldIssue({ field, message }: FieldIssue): string {
  const column = Object.entries(accountColumns).find(([, name]) => name === field)?.[0] ?? field
  return `${column} ${message}`
}
