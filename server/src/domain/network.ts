/*
 * Networks of callers in CIDR notation. A caller is identified by its IPv4 address or its /64 of IPv6.
 */

type IpAddress = { width: 32 | 128; bits: bigint }

/** A block of addresses. */
export type Network = IpAddress & { length: number }

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const narrowestOfIpv6 = 64

/** Parses `192.0.2.0/24`, `2001:db8::/32` or a single address; null for anything else, and for IPv6 blocks below a /64. */
export function parseNetwork(text: string): Network | null {
  const [spelled = '', length, ...others] = text.split('/')
  const address = parseIp(spelled)
  if (address === null || others.length > 0) return null
  const lengthMax = address.width === 32 ? 32 : narrowestOfIpv6
  if (length === undefined) return { ...address, length: lengthMax }
  return /^\d{1,3}$/.test(length) && Number(length) <= lengthMax
    ? { ...address, length: Number(length) }
    : null
}

/** Whether one network lies in another. */
export function liesInNetwork(inner: Network, outer: Network): boolean {
  if (inner.width !== outer.width || inner.length < outer.length) return false
  const rest = BigInt(outer.width - outer.length)
  return inner.bits >> rest === outer.bits >> rest
}

function parseIp(text: string): IpAddress | null {
  if (!text.includes(':')) return parseIpv4(text)
  const [head = '', tail, ...others] = text.split('::')
  const left = parseGroups(head)
  const right = tail === undefined ? [] : parseGroups(tail)
  if (left === null || right === null || others.length > 0) return null
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...left, ...new Array<number>(missing).fill(0), ...right]
  return { width: 128, bits: groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n) }
}

function parseIpv4(text: string): IpAddress | null {
  const parts = ipv4.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > 255)) return null
  return { width: 32, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) }
}

function parseGroups(text: string): number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null
}
