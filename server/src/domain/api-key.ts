import { createHash, hash } from 'node:crypto'
import { Secret } from './secret.ts'

/*
 * An API key is `ww_`, 43 base64url characters (256 random bits), `_` and a checksum of six characters. The prefix lets
 * repository scanners recognise a leaked key. The checksum distinguishes a key from a typing error without a lookup (K2).
 */

const keyShape = /^ww_[A-Za-z0-9_-]{43}_[A-Za-z0-9_-]{6}$/
const visibleLength = 9

/** A new key from 32 random bytes, and the prefix by which people recognise it. */
export function formatApiKey(random: Buffer): { key: Secret; prefix: string } {
  const body = `ww_${random.toString('base64url')}`
  return { key: new Secret(`${body}_${checksum(body)}`), prefix: body.slice(0, visibleLength) }
}

/** The hash under which a key is stored, or null for anything that does not have the shape of a key. */
export function hashApiKey(input: unknown): Buffer | null {
  if (typeof input !== 'string' || !keyShape.test(input)) return null
  return hash('sha256', input, 'buffer')
}

/** Whether the checksum is right: false for a key with a typing error, and for all but one in 2³⁶ made-up keys. */
export const hasRightChecksum = (key: string): boolean => checksum(key.slice(0, -7)) === key.slice(-6)

const checksum = (body: string): string =>
  createHash('sha256').update(`watchword key ${body}`).digest('base64url').slice(0, 6)
