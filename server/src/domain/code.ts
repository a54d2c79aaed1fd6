import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Challenge } from './challenge.ts'
import { digitsMax, digitsMin } from './purpose.ts'
import { Secret } from './secret.ts'
import { asciiDigits, withoutSpacing } from './typed-text.ts'

/** The key for codes that is derived from one master secret. Rows refer to it by `id`. */
export type CodeKey = { id: string; key: Buffer }

/** What a code is derived from, and therefore the only thing that it is valid for (V9). */
export type CodeSubject = Pick<Challenge, 'id' | 'projectId' | 'address' | 'purpose' | 'digits'>

/**
 * The code of a challenge: HMAC-SHA-256 of its subject, read as words of 32 bits (48 for ten digits). The first word below
 * the largest multiple of 10ⁿ is reduced to n digits. A word above that would favour low codes, so it is skipped (C1). The
 * code itself is not stored: reading the row does not reveal it without the key, and a row copied to another address has
 * another code.
 */
export function deriveCode({ key }: CodeKey, subject: CodeSubject): Secret {
  const { digits } = subject
  const range = 10 ** digits
  // A word of 32 bits cannot hold ten digits.
  const wordBytes = digits < 10 ? 4 : 6
  const unbiasedBelow = Math.floor(2 ** (8 * wordBytes) / range) * range
  // None of the parts can contain a line break, so different subjects give different texts.
  const text = `${subject.projectId}\n${subject.purpose}\n${subject.address}\n${subject.id}`
  for (let round = 0; ; round += 1) {
    const words = createHmac('sha256', key).update(`${text}\n${round}`).digest()
    for (let offset = 0; offset + wordBytes <= words.length; offset += wordBytes) {
      const word = words.readUIntBE(offset, wordBytes)
      if (word < unbiasedBelow) return new Secret(String(word % range).padStart(digits, '0'))
    }
  }
}

/** Compares in constant time. Codes of different lengths never match, and their lengths are not secret. */
export function codesMatch(a: Secret, b: Secret): boolean {
  const [left, right] = [Buffer.from(a.reveal()), Buffer.from(b.reveal())]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A pasted code has a few characters around it. Longer input is not a code. */
const pastedLengthMax = 64

/**
 * Parses a code as somebody entered it: text with exactly `digits` digits, in any script, after removing the spaces, hyphens,
 * line ends and invisible characters that copying adds ("123 456", or the whole line of a mail). Null for anything else, so
 * that nothing else is ever looked up (V8).
 */
export function parseCode(input: unknown, digits: number): Secret | null {
  if (typeof input !== 'string' || input.length > pastedLengthMax) return null
  const text = asciiDigits(withoutSpacing(input).replace(/[\s\p{Pd}]/gu, ''))
  return text.length === digits && /^[0-9]+$/.test(text) ? new Secret(text) : null
}

/** Whether a text can be a code of any length. For schemas, which do not know the project and so the length of its codes. */
export const isCode = (input: unknown): boolean => {
  for (let digits = digitsMin; digits <= digitsMax; digits += 1)
    if (parseCode(input, digits) !== null) return true
  return false
}
