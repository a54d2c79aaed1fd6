import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isIP, isIPv4 } from 'node:net'
import type { Caller } from '../domain/caller.ts'
import type { ReadForwarded } from './forwarded.ts'

/** Where a request came from, as far as it can be believed. */
export type Origin = {
  /** IPv4 address, also one inside an IPv6 address, or else the /64: what one customer of a provider usually gets. */
  network: string
  isLoopback: boolean
}

/** Reads the origin of requests from the socket, or from what our own proxies say about it. */
export function createOriginReader(readForwarded: ReadForwarded): (request: IncomingMessage) => Origin {
  const bySocket = new WeakMap<Socket, Origin>()

  // A kept-alive connection sends many requests, and its address never changes.
  const ofSocket = (socket: Socket): Origin => {
    const known = bySocket.get(socket)
    if (known !== undefined) return known
    const origin = parseOrigin(socket.remoteAddress ?? '') ?? unknownOrigin
    bySocket.set(socket, origin)
    return origin
  }

  return ({ headers, socket }) => {
    const address = readForwarded(headers, socket.remoteAddress ?? '')
    return (address === null ? null : parseOrigin(address)) ?? ofSocket(socket)
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
  const translated = translatedIPv4(groups)
  if (translated !== null) return { network: translated, isLoopback: false }
  const network = `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
  return { network, isLoopback: groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1 }
}

/** A socket that closed before we read its address has none. All such sockets share one count. */
const unknownOrigin: Origin = { network: 'unknown', isLoopback: false }

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
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return null
  return ipv4Of(groups.slice(6))
}

/**
 * The IPv4 address of a caller behind a translator: NAT64 (`64:ff9b::/96`, RFC 6052), whose callers would all share one /64,
 * and 6to4 (`2002::/16`, RFC 3056), whose every caller would have 65,536 of them. It is never taken for loopback, because
 * it comes from another machine.
 */
function translatedIPv4(groups: number[]): string | null {
  if (groups[0] === 0x2002) return ipv4Of(groups.slice(1, 3))
  const isNat64 =
    groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((group) => group === 0)
  return isNat64 ? ipv4Of(groups.slice(6)) : null
}

const ipv4Of = ([high = 0, low = 0]: number[]): string =>
  `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
