import type { Socket } from 'node:net'
import { parseOrigin } from './caller.ts'

/** Counts the open connections of each network. */
export type ConnectionCounts = {
  /** False if the network has as many already; the connection is then not counted. */
  add(socket: Socket): boolean
}

/**
 * Bounds the connections of one network, so that ten of them cannot take all that the server has (D1). Proxies hold
 * connections for everybody, so theirs are not counted, nor is loopback.
 */
export function createConnectionCounts({
  perNetworkMax,
  isProxy,
}: {
  perNetworkMax: number
  isProxy: (address: string) => boolean
}): ConnectionCounts {
  const counts = new Map<string, number>()
  const release = (network: string): void => {
    const left = (counts.get(network) ?? 1) - 1
    if (left === 0) counts.delete(network)
    else counts.set(network, left)
  }

  return {
    add(socket) {
      const address = socket.remoteAddress ?? ''
      const origin = parseOrigin(address)
      if (origin === null || origin.isLoopback || isProxy(address)) return true
      const count = counts.get(origin.network) ?? 0
      if (count >= perNetworkMax) return false
      counts.set(origin.network, count + 1)
      socket.once('close', () => release(origin.network))
      return true
    },
  }
}
