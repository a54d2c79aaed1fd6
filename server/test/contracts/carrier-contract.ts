import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import type { Carrier, OutgoingMessage } from '../../src/delivery/carrier.ts'
import type { Channel } from '../../src/domain/address.ts'
import type { ChallengeId } from '../../src/domain/challenge.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'

/** A carrier and its real peer. */
export type CarrierPeer = {
  carrier: Carrier
  /** How the peer handles everything from now on. */
  behave: (behaviour: PeerBehaviour) => void
  /** The messages that the peer accepted. */
  received(): Promise<ReceivedMessage[]>
  stop(): Promise<void>
}

/** `silent` reads the whole message and never answers. */
export type PeerBehaviour = 'accept' | 'refuse-for-good' | 'refuse-for-now' | 'silent'

export type ReceivedMessage = {
  /** In lower case. Empty for a carrier without headers. */
  headerNames: string[]
  recipients: string[]
  text: string
  /** What makes a repeated message recognisable. */
  identity: string
}

const addresses: Record<Channel, string> = {
  email: 'ada@example.test',
  sms: '+2250701020304',
  whatsapp: '+2250701020304',
  voice: '+2250701020304',
}

/** A message as the dispatcher would pass it on. */
export const sampleMessage = (channel: Channel, changes: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  challengeId: '66f0c0de0123456789abcdef' as ChallengeId,
  projectId: 'shop' as ProjectId,
  channel,
  purpose: 'service',
  to: addresses[channel],
  code: new Secret('012345'),
  subject: channel === 'email' ? '012345 is your Shop code' : null,
  text: '012345 is your Shop code.',
  html: channel === 'email' ? '<p>012345 is your Shop code.</p>' : null,
  locale: 'en',
  expiresAt: new Date(Date.now() + 300_000),
  writtenAt: new Date(),
  idempotencyKey: '66f0c0de0123456789abcdef',
  ...changes,
})

/**
 * What is true for every carrier. `canRefuse` is false for one without a peer, `sendsText` for one whose provider writes
 * the text from a template.
 */
export function carrierContract(
  name: string,
  start: () => Promise<CarrierPeer>,
  { canRefuse = true, sendsText = true }: { canRefuse?: boolean; sendsText?: boolean } = {},
): void {
  describe(`the carrier ${name}`, () => {
    let peer: CarrierPeer
    let channel: Channel
    const never = new AbortController().signal

    beforeEach(async () => {
      peer = await start()
      channel = peer.carrier.channels[0] ?? 'sms'
    })
    afterEach(async () => {
      await peer.carrier.close?.()
      await peer.stop()
    })

    test('hands over address, text and code', async () => {
      const answer = await peer.carrier.deliver(sampleMessage(channel), never)

      assert.equal(answer.kind, 'accepted')
      const [message, ...others] = await peer.received()
      assert.deepEqual(message?.recipients, [addresses[channel]])
      assert.match(message?.text ?? '', /^012345 is your Shop code\.\s*$/)
      assert.equal(others.length, 0)
    })

    test('gives a repeated message the same identity', async () => {
      await peer.carrier.deliver(sampleMessage(channel), never)
      await peer.carrier.deliver(sampleMessage(channel), never)

      const identities = (await peer.received()).map(({ identity }) => identity)
      assert.equal(identities.length, 2)
      assert.equal(identities[0], identities[1])
      assert.notEqual(identities[0], '')
    })

    test('line breaks and template text in values reach no header and come out as they are (S8, S9)', async () => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself must come out.
      const hostile = '{{7*7}} ${7*7} <script>alert(1)</script> __proto__ %s #{1}'
      const lineBreak = 'Shop\r\nBcc: eve@example.test\nX-Eve: 1\r\n\r\nbody'
      await peer.carrier.deliver(
        sampleMessage(channel, {
          subject: channel === 'email' ? `${lineBreak} ${hostile}` : null,
          text: hostile,
          idempotencyKey: `key${lineBreak}`,
          projectId: lineBreak as ProjectId,
        }),
        never,
      )

      const [message] = await peer.received()
      assert.deepEqual(message?.recipients, [addresses[channel]])
      if (sendsText) assert.equal(message?.text.trim(), hostile)
      assert.deepEqual(
        message?.headerNames.filter((header) => /bcc|eve/.test(header)),
        [],
      )
    })

    test('an address with a line break or a comma never becomes a second recipient (S8)', async () => {
      for (const to of [
        'ada@example.test\r\nBcc: eve@example.test',
        'ada@example.test, eve@example.test',
        '',
      ]) {
        await peer.carrier.deliver(sampleMessage(channel, { to }), never)
      }
      for (const { recipients, headerNames } of await peer.received()) {
        assert.equal(recipients.length, 1)
        assert.ok(!headerNames.includes('bcc'))
        assert.ok(!recipients.includes('eve@example.test'))
      }
    })

    if (!canRefuse) return

    test('tells a refusal for good from a refusal for now', async () => {
      peer.behave('refuse-for-good')
      const forGood = await peer.carrier.deliver(sampleMessage(channel), never)
      peer.behave('refuse-for-now')
      const forNow = await peer.carrier.deliver(sampleMessage(channel), never)

      assert.ok(forGood.kind === 'refused' && forGood.reason === 'for-good', JSON.stringify(forGood))
      assert.ok(forNow.kind === 'refused' && forNow.reason === 'for-now', JSON.stringify(forNow))
      assert.equal((await peer.received()).length, 0)
    })

    test('serves on after refusals', async () => {
      peer.behave('refuse-for-now')
      await peer.carrier.deliver(sampleMessage(channel), never)
      peer.behave('accept')

      assert.equal((await peer.carrier.deliver(sampleMessage(channel), never)).kind, 'accepted')
    })

    test('does not know what became of a message that was written and not answered', async () => {
      peer.behave('silent')
      const startedAt = performance.now()
      const answer = await peer.carrier.deliver(sampleMessage(channel), AbortSignal.timeout(300))

      assert.equal(answer.kind, 'unknown')
      assert.ok(performance.now() - startedAt < 2_000)
    })

    test('a peer that is away is a refusal for now', async () => {
      await peer.stop()
      const answer = await peer.carrier.deliver(sampleMessage(channel), never)

      assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good', JSON.stringify(answer))
    })

    test('sends nothing once it was told to stop', async () => {
      const answer = await peer.carrier.deliver(sampleMessage(channel), AbortSignal.abort())

      assert.equal(answer.kind, 'refused')
      assert.equal((await peer.received()).length, 0)
    })
  })
}
