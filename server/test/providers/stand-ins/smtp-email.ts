import { Secret } from '../../../src/domain/secret.ts'
import { startSmtpPeer } from '../smtp-peer.ts'
import type { StandIn } from './stand-in.ts'

export const standIn: StandIn = {
  http: null,
  async start() {
    const peer = await startSmtpPeer({ hideSTARTTLS: true })
    return {
      settings: {
        url: new Secret(`smtp://127.0.0.1:${peer.port}`),
        from: 'Shop <codes@shop.example>',
        allowPlainText: false,
      },
      wrongSettings: null,
      behave: peer.behave,
      answer: () => {},
      received: async () =>
        peer.mails.map(({ email, recipients }) => ({
          headerNames: email.headers.map(({ key }) => key.toLowerCase()),
          recipients,
          text: email.text ?? '',
          identity: email.messageId ?? '',
        })),
      requests: peer.connections,
      problems: () => [],
      stop: peer.stop,
    }
  },
}
