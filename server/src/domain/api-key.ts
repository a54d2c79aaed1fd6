import { createHash, hash } from 'node:crypto'
import { Secret } from './secret.ts'

/*
 * An API key reads `ww_`, 43 base64url characters (256 random bits), `_`, six characters of checksum. The prefix lets
 * scanners of repositories recognise a leaked one, the checksum lets them and us tell a typing error from a guess (K2).
 */

const keyShape = /^ww_[A-Za-z0-9_-]{43}_[A-Za-z0-9_-]{6}$/
const visibleLength = 9

/** A new key from 32 random bytes, and the prefix by which people recognise it. */
export function formatApiKey(chance: Buffer): { key: Secret; prefix: string } {
  const body = `ww_${chance.toString('base64url')}`
  return { key: new Secret(`${body}_${checksum(body)}`), prefix: body.slice(0, visibleLength) }
}

/** The hash under which a key is stored, or null for anything that has not the shape of one. */
export function hashApiKey(input: unknown): Buffer | null {
  if (typeof input !== 'string' || !keyShape.test(input)) return null
  return hash('sha256', input, 'buffer')
}

/** Whether the checksum is right: false for a key with a typing error, and for all but one guess in 2³⁶. */
export const hasRightChecksum = (key: string): boolean => checksum(key.slice(0, -7)) === key.slice(-6)

const checksum = (body: string): string =>
  createHash('sha256').update(`watchword key ${body}`).digest('base64url').slice(0, 6)
