import { type EmailAddress, parseEmailAddress } from '../../domain/address.ts'
import { parseCode } from '../../domain/code.ts'
import { purposes } from '../../domain/purpose.ts'
import type { MobilePurpose } from '../../engine/accounts/request-mobile-code.ts'

const fullNameLengthMax = 100

/** The types as the wire spells them. */
const wirePurposes = {
  signup: 'mobile-signup',
  login: 'mobile-login',
  verification: 'mobile-verification',
} as const satisfies Record<string, MobilePurpose>

type WireType = keyof typeof wirePurposes

/** What a code of this type is for. */
export const readPurpose = (type: WireType): MobilePurpose => wirePurposes[type]

/** The code of a request; null for anything but six digits. */
export const readOtp = (text: string) => parseCode(text, purposes['mobile-signup'].digits)

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
