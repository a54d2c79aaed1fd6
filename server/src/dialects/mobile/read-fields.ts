import { type EmailAddress, parseEmailAddress } from '../../domain/address.ts'
import { parseCode } from '../../domain/code.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf } from '../../domain/purpose.ts'
import type { PairPurpose } from '../../engine/accounts/request-pair-code.ts'
import { mobileLogin, mobileSignup, mobileVerification } from './purposes.ts'

const fullNameLengthMax = 100

/** The types as the wire spells them. */
const wirePurposes = {
  signup: mobileSignup,
  login: mobileLogin,
  verification: mobileVerification,
} as const satisfies Record<string, PairPurpose>

type WireType = keyof typeof wirePurposes

/** The purpose of a code of this type. */
export const readPurpose = (type: WireType): PairPurpose => wirePurposes[type]

/** The code of a request; null for anything but as many digits as the project's codes for the purpose have. */
export const readOtp = (text: string, purpose: PairPurpose, { settings }: Project) =>
  parseCode(text, digitsOf(purpose, settings))

/** Trims a name; null when nothing is left, when it is too long, and when it is more than one line of text. */
export function readFullName(text: string): string | null {
  const name = text.normalize('NFC').trim()
  if (name === '' || [...name].length > fullNameLengthMax) return null
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) ? null : name
}

/** An absent e-mail address is null; a present one has passed its schema. */
export function readEmail(text: string | null | undefined): EmailAddress | null {
  if (text === null || text === undefined) return null
  const email = parseEmailAddress(text)
  if (email === null) throw new Error('an e-mail address passed its schema and cannot be read')
  return email
}
