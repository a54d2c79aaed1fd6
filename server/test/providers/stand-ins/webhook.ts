import { Secret } from '../../../src/domain/secret.ts'
import { startWebhookPeer } from '../webhook-peer.ts'
import type { StandIn } from './stand-in.ts'

export const standIn: StandIn = {
  // Its answers are our own document; `delivery-carriers.test.ts` goes through them.
  http: null,
  async start() {
    const peer = await startWebhookPeer()
    return {
      settings: { url: new Secret(peer.url) },
      wrongSettings: null,
      behave: peer.behave,
      answer: () => {},
      received: async () =>
        peer.accepted.map(({ headers, body }) => {
          const { to, text } = body as { to: string; text: string }
          const identity = String(headers['idempotency-key'])
          return { headerNames: Object.keys(headers), recipients: [to], text, identity }
        }),
      requests: () => peer.requests.length,
      problems: () => [],
      stop: peer.stop,
    }
  },
}
