import { setMaxListeners } from 'node:events'
import { afterEach } from 'vitest'
import { createSmppCarrier } from '../../src/delivery/protocols/smpp/carrier.ts'
import type { SmppOptions } from '../../src/delivery/protocols/smpp/options.ts'
import { Secret } from '../../src/domain/secret.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { type SmppPeerOptions, startSmppPeer } from './smpp-peer.ts'

const never = new AbortController().signal
setMaxListeners(0, never)

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Options that fit a peer, except for its port. */
export const smppOptions = {
  host: '127.0.0.1',
  systemId: 'shop',
  password: new Secret('secret'),
  source: 'Shop',
  reconnectMilliseconds: { first: 20, longest: 100 },
}

type Report = { event: string; carrier: string; detail: string }

/** A peer and a carrier bound to it, until the test ends. */
export async function startSmppPair(options: Partial<SmppOptions> = {}, peerOptions: SmppPeerOptions = {}) {
  const peer = await startSmppPeer(peerOptions)
  closing.push(peer.stop)
  const reports: Report[] = []
  const carrier = createSmppCarrier({
    ...smppOptions,
    port: peer.port,
    log: { error: (details, event) => reports.push({ event, ...(details as Omit<Report, 'event'>) }) },
    ...options,
  })
  closing.push(async () => carrier.close?.())
  const deliver = (changes: Parameters<typeof sampleMessage>[1] = {}, signal = never) =>
    carrier.deliver(sampleMessage('sms', changes), signal)
  return { peer, carrier, reports, deliver }
}
