import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isIP, isIPv4 } from 'node:net'
import type { Caller } from '../domain/caller.ts'

/** Where a request came from, as far as it can be believed. */
export type Origin = {
  /** IPv4 address, or the /64 of an IPv6 address: what one customer of a provider usually gets. */
  network: string
  isLoopback: boolean
}

export type OriginRules = {
  /** Reverse proxies in front of us, each of which appends to `X-Forwarded-For`. 0: the header is ignored. */
  trustedProxies: number
}

/** Reads the origin of requests from the socket, or from `X-Forwarded-For`, of which it trusts our own hops only. */
export function createOriginReader({ trustedProxies }: OriginRules): (request: IncomingMessage) => Origin {
  const bySocket = new WeakMap<Socket, Origin>()

  // A kept-alive connection sends many requests, and its address never changes.
  const ofSocket = (socket: Socket): Origin => {
    const known = bySocket.get(socket)
    if (known !== undefined) return known
    const origin = parseOrigin(socket.remoteAddress ?? '') ?? unknownOrigin
    bySocket.set(socket, origin)
    return origin
  }

  if (trustedProxies === 0) return (request) => ofSocket(request.socket)
  return (request) => {
    const address = forwardedAddress(request.headers['x-forwarded-for'], trustedProxies)
    return (address === null ? null : parseOrigin(address)) ?? ofSocket(request.socket)
  }
}

/** The caller as the engine counts it. In development loopback is exempt, so that people can try the documents (S2). */
export function renderCaller(request: IncomingMessage, origin: Origin, exemptLoopback: boolean): Caller {
  const { 'user-agent': userAgent = '', 'x-altcha': solution } = request.headers
  return {
    network: origin.network,
    userAgent: userAgent.length > 512 ? userAgent.slice(0, 512) : userAgent,
    solution: typeof solution === 'string' ? solution : null,
    isExempt: exemptLoopback && origin.isLoopback,
  }
}

/** Null for a text that is not an IP address. */
export function parseOrigin(text: string): Origin | null {
  const address = text.startsWith('::ffff:') && isIPv4(text.slice(7)) ? text.slice(7) : text
  const family = isIP(address)
  if (family === 0) return null
  if (family === 4) return { network: address, isLoopback: address.startsWith('127.') }

  const groups = expandIPv6(address)
  const mapped = mappedIPv4(groups)
  if (mapped !== null) return parseOrigin(mapped)
  const network = `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
  return { network, isLoopback: groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1 }
}

/** A socket that closed before we read its address has none. All such sockets share one count. */
const unknownOrigin: Origin = { network: 'unknown', isLoopback: false }

/**
 * The entry that the outermost of our proxies wrote. Counted from the right, because the caller can invent everything
 * left of it.
 */
function forwardedAddress(header: string | string[] | undefined, hops: number): string | null {
  if (header === undefined) return null
  const entries = (Array.isArray(header) ? header.join(',') : header).split(',')
  const entry = (entries[Math.max(0, entries.length - hops)] ?? '').trim()
  // Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::1]:4711`.
  if (entry.startsWith('[')) return entry.slice(1, entry.indexOf(']'))
  const withPort = /^([\d.]+):\d+$/.exec(entry)
  return withPort?.[1] ?? entry
}

/** The eight groups of an address that `isIP` has accepted. */
function expandIPv6(address: string): number[] {
  const [bare = ''] = address.split('%')
  const [head = '', tail] = bare.split('::')
  const left = groupsOf(head)
  if (tail === undefined) return left
  const right = groupsOf(tail)
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

const groupsOf = (text: string): number[] =>
  text === ''
    ? []
    : text
        .split(':')
        .flatMap((part) => (part.includes('.') ? groupsOfIPv4(part) : [Number.parseInt(part, 16)]))

function groupsOfIPv4(text: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

function mappedIPv4(groups: number[]): string | null {
  const [high = 0, low = 0] = groups.slice(6)
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return null
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
