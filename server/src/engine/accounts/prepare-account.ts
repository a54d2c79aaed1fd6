import { type AccountType, accountTypes, type PasswordHash } from '../../domain/account.ts'
import { parseEmailAddress, parsePhoneNumber, type Region } from '../../domain/address.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import { messageLocales, parseMessageLocale } from '../../domain/locale.ts'
import {
  judgePassword,
  type PasswordProblem,
  passwordLengthMax,
  passwordLengthMin,
} from '../../domain/password.ts'
import { Secret } from '../../domain/secret.ts'
import type { ImportedAccount } from '../ports/imports.ts'

/** An account as an operator writes it, in a line of a file or in a request. Unknown fields are null or empty. */
export type AccountFields = Partial<{
  type: unknown
  email: unknown
  emailVerified: unknown
  phone: unknown
  phoneVerified: unknown
  firstName: unknown
  lastName: unknown
  fullName: unknown
  agentCode: unknown
  assignedArea: unknown
  locale: unknown
  businessIds: unknown
  password: unknown
  passwordHash: unknown
  isActive: unknown
}>

/** What is wrong with one field. The message continues a sentence that begins with the field's name. */
export type FieldIssue = { field: keyof AccountFields; message: string }

export type PreparedAccount =
  | { ok: true; account: ImportedAccount }
  | { ok: false; issues: [FieldIssue, ...FieldIssue[]] }

/** Validates the fields of an account, and hashes its password if it is plain text. */
export type PrepareAccount = (
  fields: AccountFields,
  defaults: { type: AccountType; region: Region | null },
) => Promise<PreparedAccount>

export type PrepareAccountParts = {
  hash: (password: Secret) => Promise<PasswordHash>
  /** Null for anything but a hash, and for a hash that costs too much to check. */
  parsePasswordHash: (input: unknown) => PasswordHash | null
  loadCommonPasswords: () => Promise<ReadonlySet<string>>
}

export function createPrepareAccount(parts: PrepareAccountParts): PrepareAccount {
  return async (fields, defaults) => {
    const issues: FieldIssue[] = []
    const person = readPerson(fields, defaults, issues)
    const passwordHash = isEmpty(fields.passwordHash) ? null : parts.parsePasswordHash(fields.passwordHash)
    if (!isEmpty(fields.passwordHash) && passwordHash === null) {
      issues.push({
        field: 'passwordHash',
        message:
          'is neither a bcrypt hash of cost 4 to 12 nor an argon2id hash of at most 64 MiB, with four passes at that',
      })
    }
    if (isEmpty(fields.password)) return conclude(issues, { ...person, passwordHash })

    if (!isEmpty(fields.passwordHash))
      issues.push({ field: 'password', message: 'stands beside a password hash; give one of them' })
    const { password } = fields
    const problem =
      typeof password === 'string'
        ? judgePassword(password, person, await parts.loadCommonPasswords())
        : 'unreadable'
    if (problem !== null) issues.push({ field: 'password', message: passwordMessages[problem] })
    // A hash takes a few hundredths of a second, so only passwords that will be stored are hashed.
    if (issues.length > 0) return conclude(issues, { ...person, passwordHash: null })
    return conclude(issues, { ...person, passwordHash: await parts.hash(new Secret(String(password))) })
  }
}

const passwordMessages: Record<PasswordProblem, string> = {
  'too-short': `is shorter than ${passwordLengthMin} characters`,
  'too-long': `is longer than ${passwordLengthMax} characters`,
  unreadable: 'is not a text',
  common: 'is one of the commonest passwords',
  'own-data': "is made of its owner's name or address",
}

function conclude([first, ...others]: FieldIssue[], account: ImportedAccount): PreparedAccount {
  return first === undefined ? { ok: true, account } : { ok: false, issues: [first, ...others] }
}

function readPerson(
  fields: AccountFields,
  { type: defaultType, region }: { type: AccountType; region: Region | null },
  issues: FieldIssue[],
): Omit<ImportedAccount, 'passwordHash'> {
  const read = <Value>(
    field: keyof AccountFields,
    parse: (input: unknown) => Value | null,
    message: string,
  ): Value | null => {
    if (isEmpty(fields[field])) return null
    const value = parse(fields[field])
    if (value === null) issues.push({ field, message })
    return value
  }
  const text = (field: keyof AccountFields) =>
    read(field, (input) => parseDisplayText(input), 'is not a text')

  // Only absent ones have a default: an empty flag of a file is neither true nor false, and must not make somebody proven.
  const flag = (field: keyof AccountFields): boolean => {
    const value = fields[field] ?? true
    if (typeof value !== 'boolean') issues.push({ field, message: 'must be true or false' })
    return value === true
  }

  const before = issues.length
  const type = read('type', parseType, `must be one of ${accountTypes.join(', ')}`) ?? defaultType
  const email = read('email', parseEmailAddress, 'is not an e-mail address')
  const hint = region === null ? ' with its country code (+255712345678)' : ''
  const phone = read('phone', (input) => parsePhoneNumber(input, { region }), `is not a phone number${hint}`)
  if (email === null && phone === null && issues.length === before) {
    issues.push({ field: 'email', message: 'and phone are both empty: one of them is needed' })
  }
  return {
    type,
    email,
    isEmailVerified: flag('emailVerified'),
    phone,
    isPhoneVerified: flag('phoneVerified'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    fullName: text('fullName'),
    agentCode: text('agentCode'),
    assignedArea: text('assignedArea'),
    locale: read('locale', parseMessageLocale, `must be one of ${messageLocales.join(', ')}`),
    businessIds: read('businessIds', parseIds, 'must be whole numbers from 1') ?? [],
    isActive: flag('isActive'),
  }
}

const isEmpty = (input: unknown): boolean => input === undefined || input === null || input === ''

const parseType = (input: unknown): AccountType | null =>
  accountTypes.find((type) => typeof input === 'string' && type === input.toUpperCase()) ?? null

function parseIds(input: unknown): number[] | null {
  const isId = (id: unknown): id is number => Number.isSafeInteger(id) && (id as number) > 0
  return Array.isArray(input) && input.every(isId) ? [...new Set(input)] : null
}
