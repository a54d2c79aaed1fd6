import { type EmailAddress, parseEmailAddress } from '../../domain/address.ts'
import { parseCode } from '../../domain/code.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { AccountPurpose } from '../../engine/accounts/request-code.ts'
import { accountLogin, accountPasswordReset, accountVerification } from './purposes.ts'

const nameLengthMax = 100

/** The purposes as the wire spells them. */
const wirePurposes = {
  ACCOUNT_VERIFICATION: accountVerification,
  LOGIN_CONFIRMATION: accountLogin,
  FORGOT_PASSWORD: accountPasswordReset,
} as const satisfies Record<string, AccountPurpose>

/** The address of a field that `emailField` has accepted. */
export const readEmail = (text: string): EmailAddress => accepted(parseEmailAddress(text))

/** The code of a field that `codeField` has accepted; null where the project's codes for the purpose have another length. */
export const readCode = (text: string, purpose: AccountPurpose, { settings }: Project): Secret | null =>
  parseCode(text, digitsOf(purpose, settings))

/** The name of a field that `nameField` has accepted. */
export const readName = (text: string): string => accepted(parseName(text))

/** The name of a field that `lastNameField` has accepted; null for an empty one. */
export const readLastName = (text: string): string | null => (isBlank(text) ? null : readName(text))

/** The purpose of a field that `purposeField` has accepted. */
export const readPurpose = (name: keyof typeof wirePurposes): AccountPurpose => wirePurposes[name]

function accepted<Value>(value: Value | null): Value {
  if (value === null) throw new Error('a field passed its schema and cannot be read')
  return value
}

/** Whether a name has nothing but blanks. */
export const isBlank = (text: string): boolean => /^\p{Zs}*$/u.test(text)

/** Trims a name; null when nothing is left, when it is too long, and when it holds more than one line of text. */
export function parseName(text: string): string | null {
  const name = text.normalize('NFC').trim()
  if (name === '' || [...name].length > nameLengthMax) return null
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) ? null : name
}
