import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { SmppReceipt } from '../../src/delivery/protocols/smpp/receipt.ts'
import { until } from '../harness/until.ts'
import { startSmppPair } from '../providers/smpp-pair.ts'
import type { SmppPeer } from '../providers/smpp-peer.ts'

describe('receipts', () => {
  const report = (id: string, stat: string) => ({
    message: `id:${id} sub:001 dlvrd:001 stat:${stat} err:000 text:`,
  })
  const present = (peer: SmppPeer, parameters: object) =>
    new Promise<number>((resolve) => {
      const [session] = peer.sessions
      session?.deliver_sm({ esm_class: 4, ...parameters }, (response) => resolve(response.command_status))
    })

  test('in any order, repeated, and before the answer, are handed on one by one and confirmed', async () => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver } = await startSmppPair({ onReceipt: (receipt) => void receipts.push(receipt) })
    peer.decide(async ({ messageId }) => {
      if (messageId === 'm1') await present(peer, { short_message: report('m1', 'DELIVRD') })
      return 0
    })
    await deliver()
    await deliver()

    const statuses = await Promise.all([
      present(peer, { short_message: report('m2', 'UNDELIV') }),
      present(peer, { short_message: report('m2', 'ENROUTE') }),
      present(peer, { short_message: report('m1', 'DELIVRD') }),
      present(peer, { receipted_message_id: 'm2', message_state: 3, short_message: { message: '' } }),
    ])

    assert.deepEqual(statuses, [0, 0, 0, 0])
    assert.deepEqual(
      receipts.map(({ carrierMessageId, state }) => [carrierMessageId, state]),
      [
        ['m1', 'delivered'],
        ['m2', 'undelivered'],
        ['m2', 'accepted'],
        ['m1', 'delivered'],
        ['m2', 'expired'],
      ],
    )
    assert.ok(receipts.every(({ at }) => Math.abs(at.getTime() - Date.now()) < 5_000))
  })

  test('by data_sm count as well', async () => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver } = await startSmppPair({ onReceipt: (receipt) => void receipts.push(receipt) })
    await deliver()
    const [session] = peer.sessions
    const status = await new Promise((resolve) =>
      session?.data_sm({ esm_class: 4, receipted_message_id: 'm1', message_state: 2 }, (response) =>
        resolve(response.command_status),
      ),
    )
    assert.equal(status, 0)
    assert.equal(receipts[0]?.state, 'delivered')
  })

  test('that cannot be kept are refused for now, so that they come again', async () => {
    let isBroken = true
    const { peer, deliver } = await startSmppPair({
      onReceipt: async () => {
        if (isBroken) throw new Error('no database')
      },
    })
    await deliver()
    assert.equal(await present(peer, { short_message: report('m1', 'DELIVRD') }), 0x64)
    isBroken = false
    assert.equal(await present(peer, { short_message: report('m1', 'DELIVRD') }), 0)
  })

  test('that say nothing, and messages from people, are confirmed and handed to nobody', async () => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver, reports } = await startSmppPair({
      onReceipt: (receipt) => void receipts.push(receipt),
    })
    await deliver()
    assert.equal(await present(peer, { short_message: { message: 'nonsense' } }), 0)
    assert.equal(await present(peer, { esm_class: 0, short_message: { message: 'id:m1 stat:DELIVRD' } }), 0)
    assert.deepEqual(receipts, [])
    assert.deepEqual(
      reports.map(({ event }) => event),
      ['carrier.receipt-unreadable'],
    )
  })

  test('of an SMSC that counts in two numerals name the message as it was accepted', async () => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver } = await startSmppPair({
      receiptIds: 'decimal-for-hexadecimal',
      onReceipt: (receipt) => void receipts.push(receipt),
    })
    peer.decide((submitted) => {
      submitted.messageId = '00FF'
      return 0
    })
    const answer = await deliver()
    await present(peer, { short_message: report('255', 'DELIVRD') })
    assert.ok(answer.kind === 'accepted')
    assert.equal(receipts[0]?.carrierMessageId, answer.carrierMessageId)
  })

  test.for<[answered: string, spelled: string]>([
    ['00000000005000000123', '5000000123'],
    ['5000000123', '0005000000123'],
    ['5000000123', '5000000123'],
    ['1A2B3C', '1a2b3c'],
    ['1A2B3C', '1715004'],
    ['1715004', '1A2B3C'],
    ['0xyz', '0XYZ'],
  ])('that spell the id %s as %s are of the same message (F6)', async ([answered, spelled]) => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver } = await startSmppPair({ onReceipt: (receipt) => void receipts.push(receipt) })
    peer.decide((submitted) => {
      submitted.messageId = answered
      return 0
    })
    await deliver()
    assert.equal(await present(peer, { short_message: report(spelled, 'DELIVRD') }), 0)
    assert.deepEqual(
      receipts.map(({ carrierMessageId }) => carrierMessageId),
      [answered],
    )
  })

  test('are of the message with that very id, when another has it in another spelling (F6)', async () => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver } = await startSmppPair({ onReceipt: (receipt) => void receipts.push(receipt) })
    for (const id of ['10', '0A', '010']) {
      peer.decide((submitted) => {
        submitted.messageId = id
        return 0
      })
      await deliver()
    }
    for (const id of ['0A', '010', '10']) await present(peer, { short_message: report(id, 'DELIVRD') })
    assert.deepEqual(
      receipts.map(({ carrierMessageId }) => carrierMessageId),
      ['0A', '010', '10'],
    )
  })

  test('that come as plain messages count when the id is one of ours and the number its recipient (F6)', async () => {
    const receipts: SmppReceipt[] = []
    const { peer, deliver } = await startSmppPair({ onReceipt: (receipt) => void receipts.push(receipt) })
    await deliver()
    const plain = (id: string, from: string) =>
      present(peer, { esm_class: 0, source_addr: from, short_message: report(id, 'DELIVRD') })
    await plain('m7', '2250701020304')
    await plain('m1', '2250799999999')
    assert.equal(receipts.length, 0)
    await plain('m1', '2250701020304')
    assert.deepEqual(
      receipts.map(({ carrierMessageId }) => carrierMessageId),
      ['m1'],
    )
  })

  test('are not all that comes: what people write to our number is passed on', async () => {
    const written: unknown[] = []
    const { peer } = await startSmppPair({ onInbound: (message) => void written.push(message) })
    await until(() => peer.sessions.size > 0)
    for (const message of ['Stop.', 'hello']) {
      const sent = { esm_class: 0, source_addr: '2250701020304', short_message: { message } }
      assert.equal(await present(peer, sent), 0)
    }
    assert.deepEqual(written, [
      { from: '2250701020304', text: 'Stop.' },
      { from: '2250701020304', text: 'hello' },
    ])
  })

  test('and messages of people are refused for now while their opt-out cannot be stored', async () => {
    const { peer } = await startSmppPair({ onInbound: () => Promise.reject(new Error('no database')) })
    await until(() => peer.sessions.size > 0)
    const sent = { esm_class: 0, source_addr: '2250701020304', short_message: { message: 'STOP' } }
    assert.equal(await present(peer, sent), 0x64)
  })
})
