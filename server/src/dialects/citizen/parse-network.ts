import { isIP } from 'node:net'

/**
 * Parses a CIDR block, or a single address as a block of its own; null for anything else. IPv6 callers are identified by
 * their /64, so a narrower block could not be distinguished.
 */
export function parseNetwork(text: string): string | null {
  const [address = '', bits, ...others] = text.split('/')
  const family = isIP(address)
  if (family === 0 || others.length > 0 || address.includes('%')) return null
  const bitsMax = family === 4 ? 32 : 64
  const width =
    bits === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  return width >= 0 && width <= bitsMax ? `${address}/${width}` : null
}
