import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Challenge } from './challenge.ts'
import { digitsMax, digitsMin } from './purpose.ts'
import { Secret } from './secret.ts'
import { asciiDigits, withoutSpacing } from './typed-text.ts'

/** The key that one master secret gives for codes. `id` names it in rows. */
export type CodeKey = { id: string; key: Buffer }

/** What a code is derived from, and so the only thing that it is good for (V9). */
export type CodeSubject = Pick<Challenge, 'id' | 'projectId' | 'address' | 'purpose' | 'digits'>

/**
 * The code of a challenge: HMAC-SHA-256 of what it is good for, read as words of 32 bits (of 48 for ten digits), the first word below the largest
 * multiple of 10ⁿ reduced to n digits. A word above it would favour low codes, so it is passed over (C1). Nothing of a
 * code is stored: whoever reads the row still needs the key, and a row copied to another address has another code.
 */
export function deriveCode({ key }: CodeKey, subject: CodeSubject): Secret {
  const { digits } = subject
  const range = 10 ** digits
  // Ten digits are more than a word of 32 bits holds.
  const wordBytes = digits < 10 ? 4 : 6
  const unbiasedBelow = Math.floor(2 ** (8 * wordBytes) / range) * range
  // None of the parts can hold a line break, so no two subjects read the same.
  const text = `${subject.projectId}\n${subject.purpose}\n${subject.address}\n${subject.id}`
  for (let round = 0; ; round += 1) {
    const words = createHmac('sha256', key).update(`${text}\n${round}`).digest()
    for (let offset = 0; offset + wordBytes <= words.length; offset += wordBytes) {
      const word = words.readUIntBE(offset, wordBytes)
      if (word < unbiasedBelow) return new Secret(String(word % range).padStart(digits, '0'))
    }
  }
}

/** Compares in constant time. Codes of different lengths never match, and their lengths are no secret. */
export function codesMatch(a: Secret, b: Secret): boolean {
  const [left, right] = [Buffer.from(a.reveal()), Buffer.from(b.reveal())]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A pasted code has a few signs around it, and what has more is none. */
const pastedLengthMax = 64

/**
 * Reads a guess: a text that has exactly `digits` digits, in any script, once the spaces, hyphens, line ends and invisible signs
 * are gone that a copy brings along ("123 456", or the line of a mail that the code stands on). Null for anything else, so that
 * nothing else is ever looked up (V8).
 */
export function parseCode(input: unknown, digits: number): Secret | null {
  if (typeof input !== 'string' || input.length > pastedLengthMax) return null
  const text = asciiDigits(withoutSpacing(input).replace(/[\s\p{Pd}]/gu, ''))
  return text.length === digits && /^[0-9]+$/.test(text) ? new Secret(text) : null
}

/** Whether a text can be a code at all: which project it is for, and so how long the code is, a schema does not know. */
export const isCode = (input: unknown): boolean => {
  for (let digits = digitsMin; digits <= digitsMax; digits += 1)
    if (parseCode(input, digits) !== null) return true
  return false
}
