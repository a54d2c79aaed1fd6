import { createHash, randomBytes } from 'node:crypto'
import { renderBase32 } from '../../domain/base32.ts'
import { Secret } from '../../domain/secret.ts'

const codeCount = 10
/** Sixteen letters and digits: nobody guesses them, so their digests need neither key nor salt. */
const codeBytes = 10

/** New recovery codes, in groups of four as people copy them. */
export const mintRecoveryCodes = (): Secret[] =>
  Array.from({ length: codeCount }, () => {
    const text = renderBase32(randomBytes(codeBytes))
    return new Secret(text.match(/.{4}/g)?.join('-') ?? text)
  })

/** Parses a recovery code in any case, with or without its hyphens; null for anything else. */
export function parseRecoveryCode(input: unknown): Secret | null {
  if (typeof input !== 'string' || input.length > 64) return null
  const text = input.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
  return /^[A-Z2-7]{16}$/.test(text) ? new Secret(text) : null
}

/** The stored digest of a recovery code, however its groups are written. */
export const hashRecoveryCode = (code: Secret): Buffer =>
  createHash('sha256').update(code.reveal().replaceAll('-', '')).digest()
