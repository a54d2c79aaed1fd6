import { createHmac, timingSafeEqual } from 'node:crypto'
import { asciiDigits } from './address.ts'
import type { ChallengeId } from './challenge.ts'
import type { ProjectId } from './project.ts'
import type { Purpose } from './purpose.ts'
import { Secret } from './secret.ts'

/** The keyed MAC of a code that the database keeps instead of the code, and the key it was made with. */
export type CodeDigest = { keyId: string; mac: string }

/** One master secret's keys for codes: one derives codes, the other digests them. `id` names both. */
export type CodeKeys = { id: string; derivation: Buffer; digest: Buffer }

/**
 * The code of a challenge: HMAC-SHA-256 of its id, read as 32-bit words, the first word below the largest multiple of
 * 10ⁿ reduced to n digits. A word above it would favour low codes, so it is passed over (C1).
 */
export function deriveCode(keys: CodeKeys, id: ChallengeId, digits: number): Secret {
  const range = 10 ** digits
  const unbiasedBelow = Math.floor(2 ** 32 / range) * range
  for (let round = 0; ; round += 1) {
    const words = createHmac('sha256', keys.derivation).update(`${id}:${round}`).digest()
    for (let offset = 0; offset < words.length; offset += 4) {
      const word = words.readUInt32BE(offset)
      if (word < unbiasedBelow) return new Secret(String(word % range).padStart(digits, '0'))
    }
  }
}

/** What a code is good for. Each part is in the MAC, so a digest copied to another row opens nothing (V9). */
export type CodeSubject = { projectId: ProjectId; address: string; purpose: Purpose; code: Secret }

/** The keyed MAC of a code together with what it is good for, as hexadecimal digits. */
export function digestCode(keys: CodeKeys, { projectId, address, purpose, code }: CodeSubject): CodeDigest {
  const subject = JSON.stringify([projectId, address, purpose, code.reveal()])
  return { keyId: keys.id, mac: createHmac('sha256', keys.digest).update(subject).digest('hex') }
}

/** Compares in constant time. A digest of another key never matches. */
export const digestsMatch = (a: CodeDigest, b: CodeDigest): boolean =>
  a.keyId === b.keyId && timingSafeEqual(Buffer.from(a.mac, 'hex'), Buffer.from(b.mac, 'hex'))

/**
 * Reads a guess: a string of exactly `digits` digits, in ASCII or in the scripts that a phone may type them in; null
 * for anything else, so that nothing else is ever looked up (V8).
 */
export function parseCode(input: unknown, digits: number): Secret | null {
  if (typeof input !== 'string' || input.length !== digits) return null
  const text = asciiDigits(input)
  return /^[0-9]+$/.test(text) ? new Secret(text) : null
}
