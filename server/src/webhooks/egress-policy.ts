import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** A network such as `10.0.0.0/8`, already validated. */
export type Network = { address: string; prefix: number; family: 'ipv4' | 'ipv6' }

/** Which addresses may be called, and which of them belong to networks that the operator has named. */
export type EgressPolicy = { isAllowed(address: string): boolean; isNamed(address: string): boolean }

// IANA's registry of special-purpose addresses (RFC 6890 and later). None of them is a receiver on the internet, and
// many are machines nearby, such as the cloud's metadata service at 169.254.169.254.
const specialIpv4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

// The IPv6 internet is 2000::/3, without the ranges that map IPv4 addresses or are for documentation.
const specialIpv6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

/** What may be called: the internet, and the networks that the operator has named (H4). */
export function createEgressPolicy(named: readonly Network[]): EgressPolicy {
  const special = new BlockList()
  for (const [address, prefix] of specialIpv4) special.addSubnet(address, prefix, 'ipv4')
  for (const [address, prefix] of specialIpv6) special.addSubnet(address, prefix, 'ipv6')
  const internet6 = new BlockList()
  internet6.addSubnet('2000::', 3, 'ipv6')
  const mine = new BlockList()
  for (const { address, prefix, family } of named) mine.addSubnet(address, prefix, family)

  const isNamed = (address: string): boolean => {
    const { text, family } = plain(address)
    return mine.check(text, family)
  }
  return {
    isNamed,
    isAllowed(address) {
      const { text, family } = plain(address)
      if (isNamed(text)) return true
      return !special.check(text, family) && (family === 'ipv4' || internet6.check(text, 'ipv6'))
    },
  }
}

/** An IPv4 address that is written as IPv6 counts as IPv4. */
function plain(address: string): { text: string; family: 'ipv4' | 'ipv6' } {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  if (mapped !== undefined) return { text: mapped, family: 'ipv4' }
  return { text: address, family: isIP(address) === 4 ? 'ipv4' : 'ipv6' }
}

/** The fault for an address that may not be called. */
export const forbiddenNetwork = 'private-network'

/**
 * A DNS look-up that succeeds only if every address of the name may be called. The connection uses its result, so a name
 * that resolves differently a moment later (DNS rebinding) has no effect.
 */
export const createGuardedLookup =
  ({ isAllowed }: EgressPolicy): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address)))
        return callback(Object.assign(new Error(forbiddenNetwork), { code: forbiddenNetwork }), [])
      if (options.all) return callback(null, addresses)
      callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
  }
