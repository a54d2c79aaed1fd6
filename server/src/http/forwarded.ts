import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP, isIPv4 } from 'node:net'

/*
 * What reverse proxies write about the caller, and how much of it is believed (`TRUST_PROXY`).
 */

/** A network such as `10.0.0.0/8`, already validated. */
export type ProxyNetwork = { address: string; prefix: number; family: 'ipv4' | 'ipv6' }

/** Our proxies: how many a request passes, 0 for none, or the networks that they are in. */
export type TrustedProxies = number | readonly ProxyNetwork[]

/** What a caller may have claimed through somebody who is not our proxy. `peer` is who connected to us. */
export type IgnoredForwarding = { header: string; peer: string }

export type ReadForwarded = (headers: IncomingHttpHeaders, peer: string) => string | null

/**
 * Makes the reader of the caller's address in `X-Forwarded-For`; null where the peer is the caller. It is read from the right,
 * because the caller can invent everything left of what our proxies have written. `onIgnored` is called once: behind a proxy
 * that is not trusted all callers count as one, which nobody would notice.
 */
export function createReadForwarded(
  trusted: TrustedProxies,
  onIgnored: (ignored: IgnoredForwarding) => void,
): ReadForwarded {
  const reportOnce = createReportOnce(onIgnored)
  if (typeof trusted === 'number') {
    if (trusted > 0) return (headers) => entryOf(readEntries(headers), trusted)
    return (headers, peer) => {
      reportOnce(headers, peer)
      return null
    }
  }
  const isOurs = createIsOurs(trusted)
  return (headers, peer) => {
    if (isOurs(peer)) return firstForeign(readEntries(headers), isOurs)
    reportOnce(headers, peer)
    return null
  }
}

/** Whether a peer is one of our proxies. Where only their number is known, any peer may be one. */
export function createIsProxy(trusted: TrustedProxies): (peer: string) => boolean {
  return typeof trusted === 'number' ? () => trusted > 0 : createIsOurs(trusted)
}

function createReportOnce(report: (ignored: IgnoredForwarding) => void) {
  let isReported = false
  return (headers: IncomingHttpHeaders, peer: string): void => {
    if (isReported) return
    const header = ['x-forwarded-for', 'forwarded'].find((name) => headers[name] !== undefined)
    if (header === undefined) return
    isReported = true
    report({ header, peer })
  }
}

function readEntries({ 'x-forwarded-for': header }: IncomingHttpHeaders): string[] {
  if (header === undefined) return []
  return (Array.isArray(header) ? header.join(',') : header).split(',').map(bareAddress)
}

/** Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
function bareAddress(text: string): string {
  const entry = text.trim()
  if (entry.startsWith('[')) return entry.slice(1, entry.indexOf(']'))
  return /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry
}

/** The entry that the outermost of `hops` proxies wrote. */
const entryOf = (entries: string[], hops: number): string | null =>
  entries[Math.max(0, entries.length - hops)] ?? null

/** The last entry that is not one of our proxies. If all are, a machine of ours is the caller. */
const firstForeign = (entries: string[], isOurs: (address: string) => boolean): string | null =>
  entries.findLast((entry) => !isOurs(entry)) ?? entries[0] ?? null

function createIsOurs(networks: readonly ProxyNetwork[]): (address: string) => boolean {
  const list = new BlockList()
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family)
  return (text) => {
    const address = text.startsWith('::ffff:') && isIPv4(text.slice(7)) ? text.slice(7) : text
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
}
