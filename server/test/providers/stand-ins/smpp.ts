import { Secret } from '../../../src/domain/secret.ts'
import { receivedBy, startSmppPeer } from '../smpp-peer.ts'
import type { StandIn } from './stand-in.ts'

export const standIn: StandIn = {
  http: null,
  async start() {
    const peer = await startSmppPeer()
    return {
      settings: {
        host: '127.0.0.1',
        port: peer.port,
        allowPlainText: false,
        systemId: 'shop',
        password: new Secret('secret'),
        source: 'Shop',
      },
      wrongSettings: null,
      behave: peer.behave,
      answer: () => {},
      received: async () => receivedBy(peer),
      requests: peer.binds,
      problems: () => [],
      stop: peer.stop,
    }
  },
}
