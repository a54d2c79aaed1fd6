import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { afterEach, describe, test } from 'vitest'
import { createSmppCarrier } from '../src/delivery/smpp/carrier.ts'
import type { SmppOptions } from '../src/delivery/smpp/options.ts'
import type { SmppReceipt } from '../src/delivery/smpp/receipt.ts'
import { Secret } from '../src/domain/secret.ts'
import { carrierContract, sampleMessage } from './carrier-contract.ts'
import { createSelfSignedCertificate } from './self-signed-certificate.ts'
import { assemble, type SmppPeer, type SmppPeerOptions, startSmppPeer } from './smpp-peer.ts'
import { sleep, until } from './until.ts'

const never = new AbortController().signal
setMaxListeners(0, never)

const usual = {
  host: '127.0.0.1',
  systemId: 'shop',
  password: new Secret('secret'),
  source: 'Shop',
  reconnectMilliseconds: { first: 20, longest: 100 },
}

carrierContract('smpp', async () => {
  const peer = await startSmppPeer()
  return {
    carrier: createSmppCarrier({ ...usual, port: peer.port }),
    behave: peer.behave,
    received: async () =>
      assemble(peer.submitted).map(({ to, text, reference }) => ({
        headerNames: [],
        recipients: [`+${to}`],
        text,
        identity: reference,
      })),
    stop: peer.stop,
  }
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Report = { event: string; carrier: string; detail: string }

/** A peer and a carrier bound to it. */
async function startBoth(options: Partial<SmppOptions> = {}, peerOptions: SmppPeerOptions = {}) {
  const peer = await startSmppPeer(peerOptions)
  closing.push(peer.stop)
  const reports: Report[] = []
  const carrier = createSmppCarrier({
    ...usual,
    port: peer.port,
    log: { error: (details, event) => reports.push({ event, ...(details as Omit<Report, 'event'>) }) },
    ...options,
  })
  closing.push(async () => carrier.close?.())
  const deliver = (changes: Parameters<typeof sampleMessage>[1] = {}, signal = never) =>
    carrier.deliver(sampleMessage('sms', changes), signal)
  return { peer, carrier, reports, deliver }
}

const alphabet = [
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€',
]

describe('a message over SMPP', () => {
  test('says in its parameters what the options say', async () => {
    const { peer, deliver } = await startBoth({ serviceType: 'OTP', source: '+2250700000000' })
    const expiresAt = new Date('2030-01-02T03:04:05.678Z')

    assert.deepEqual(await deliver({ expiresAt }), { kind: 'accepted', carrierMessageId: 'm1' })

    const { pdu } = peer.submitted[0] ?? {}
    assert.equal(pdu?.service_type, 'OTP')
    assert.equal(pdu?.source_addr, '2250700000000')
    assert.deepEqual([pdu?.source_addr_ton, pdu?.source_addr_npi], [1, 1])
    assert.deepEqual([pdu?.dest_addr_ton, pdu?.dest_addr_npi], [1, 1])
    assert.equal(pdu?.destination_addr, '2250701020304')
    assert.deepEqual([pdu?.esm_class, pdu?.data_coding, pdu?.registered_delivery], [0, 0, 1])
    // The peer reads it as a moment, to the second.
    const voidAt = new Date(String(pdu?.validity_period)).getTime()
    assert.equal(voidAt, Math.floor(expiresAt.getTime() / 1000) * 1000)
  })

  test.for([...alphabet, 'Код 012345 — магазин', '٠١٢٣٤٥ رمزك 😀', ''])(
    'arrives letter for letter: %j',
    async (text) => {
      const { peer, deliver } = await startBoth()
      assert.equal((await deliver({ text })).kind, 'accepted')
      assert.deepEqual(
        peer.submitted.map((submitted) => submitted.text),
        [text],
      )
    },
  )

  const long = `${alphabet.join('').repeat(4)} 012345`
  const longAndWide = 'Ваш код 😀 '.repeat(40)

  test.for([
    ['udh', long],
    ['udh', longAndWide],
    ['sar', long],
    ['sar', longAndWide],
    ['payload', long],
    ['payload', longAndWide],
  ] as const)('too long for one SMS is whole again by %s: %.10s…', async ([concatenation, text]) => {
    const { peer, deliver } = await startBoth({ concatenation })

    const answer = await deliver({ text })

    const parts = peer.submitted
    assert.deepEqual(
      assemble(parts).map((message) => message.text),
      [text],
    )
    assert.equal(parts.length > 1, concatenation !== 'payload')
    assert.ok(answer.kind === 'accepted')
    assert.equal(answer.carrierMessageId, parts.find(({ pdu }) => pdu.registered_delivery === 1)?.messageId)
    assert.equal(new Set(parts.map(({ reference }) => reference)).size, 1)
  })

  test('of which a part is refused for good is refused for good', async () => {
    const { peer, deliver } = await startBoth()
    peer.judge(({ part }) => (part?.number === 2 ? 0x0b : 0))
    const answer = await deliver({ text: long })
    assert.ok(answer.kind === 'refused' && answer.isPermanent)
  })

  test('of which a part is refused for now may have arrived, and the next try completes it', async () => {
    const { peer, deliver } = await startBoth()
    peer.judge(({ part }) => (part?.number === 2 ? 0x08 : 0))
    const answer = await deliver({ text: long })
    assert.ok(answer.kind === 'unknown' && /ESME_RSYSERR/.test(answer.detail))

    const [first] = peer.submitted
    peer.submitted.splice(0)
    peer.behave('accept')
    assert.equal((await deliver({ text: long })).kind, 'accepted')
    assert.deepEqual(peer.submitted[0]?.part, first?.part)
  })

  test('of which the first part is refused costs no other part', async () => {
    const { peer, deliver } = await startBoth()
    let asked = 0
    peer.judge(() => {
      asked += 1
      return 0x58
    })
    const answer = await deliver({ text: long })
    assert.deepEqual(answer, {
      kind: 'refused',
      isPermanent: false,
      detail: 'ESME_RTHROTTLED',
      retryAfterSeconds: 1,
    })
    assert.equal(asked, 1)
  })

  test.for([
    [0x0b, true, null],
    [0x0a, false, null],
    [0x62, true, null],
    [0x08, false, null],
    [0x14, false, 1],
    [0x58, false, 1],
    [0x401, false, null],
  ] as const)(
    'that is answered with status %i is refused, for good: %s',
    async ([status, isPermanent, retry]) => {
      const { peer, deliver } = await startBoth()
      peer.judge(() => status)
      const answer = await deliver()
      assert.ok(answer.kind === 'refused')
      assert.deepEqual([answer.isPermanent, answer.retryAfterSeconds], [isPermanent, retry])
    },
  )

  test('from a sender that the SMSC does not let us have is refused for now, and somebody is told once', async () => {
    const { peer, deliver, reports } = await startBoth()
    peer.judge(() => 0x0a)
    const answers = [await deliver(), await deliver()]
    assert.ok(answers.every((answer) => answer.kind === 'refused' && !answer.isPermanent))
    assert.deepEqual(reports, [
      { event: 'carrier.account-refused', carrier: 'smpp', detail: 'ESME_RINVSRCADR' },
    ])
  })

  test('goes over TLS to an SMSC that the given authority vouches for, and to no other', async () => {
    const certificate = createSelfSignedCertificate()
    const secure = { isSecure: true, certificateAuthority: certificate.cert }
    const { peer, deliver } = await startBoth(secure, { tls: certificate })
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal(peer.submitted.length, 1)

    const stranger = await startBoth({ isSecure: true }, { tls: certificate })
    const answer = await stranger.deliver()
    assert.ok(answer.kind === 'refused' && !answer.isPermanent)
    assert.match(stranger.reports[0]?.detail ?? '', /self-signed/)
  })
})

describe('a bind', () => {
  test('with a wrong password is reported as an error, without the password, and tried again', async () => {
    const { peer, deliver, reports } = await startBoth({ password: new Secret('hunter2') })

    const answer = await deliver()
    assert.deepEqual(answer, {
      kind: 'refused',
      isPermanent: false,
      detail: 'not connected',
      retryAfterSeconds: null,
    })
    await until(() => peer.refusedBinds() >= 3)
    assert.deepEqual(
      reports.map(({ event }) => event),
      ['carrier.account-refused'],
    )
    assert.match(reports[0]?.detail ?? '', /ESME_RINVPASWD/)
    assert.ok(!JSON.stringify(reports).includes('hunter2'))
    assert.equal(peer.binds(), 0)
  })

  test('that is refused for a while works when it is refused no more', async () => {
    let status = 0x0d
    const { deliver } = await startBoth({}, { bindStatus: () => status })
    assert.equal((await deliver()).kind, 'refused')
    status = 0
    await until(async () => (await deliver()).kind === 'accepted')
  })

  test('as a transmitter asks for no receipts', async () => {
    const { peer, deliver } = await startBoth({ bindMode: 'transmitter' })
    await deliver()
    assert.equal(peer.submitted[0]?.pdu.registered_delivery, 0)
  })

  test('that SMPP could not say stops the start', () => {
    const create = (changes: Partial<SmppOptions>) => () => createSmppCarrier({ ...usual, ...changes })
    assert.throws(create({ password: new Secret('too long a password') }), (error: Error) => {
      return /password/.test(error.message) && !error.message.includes('too long a')
    })
    assert.throws(create({ systemId: 'a'.repeat(16) }), /system id/)
    assert.throws(create({ source: 'a name that is too long' }), /source/)
    assert.throws(create({ source: 'a\0b' }), /source/)
    assert.throws(create({ windowSize: 0 }), /window/)
  })
})

describe('the window', () => {
  test('is never exceeded by five thousand messages, all of which arrive once', {
    timeout: 60_000,
  }, async () => {
    const windowSize = 25
    const { peer, deliver } = await startBoth({ windowSize })
    peer.judge(async (_submitted, count) => {
      if (count % 50 === 0) await sleep(2)
      return 0
    })

    const numbers = Array.from({ length: 5_000 }, (_, index) => `+22507${String(index).padStart(8, '0')}`)
    const answers = await Promise.all(numbers.map((to) => deliver({ to })))

    assert.ok(answers.every(({ kind }) => kind === 'accepted'))
    assert.deepEqual(peer.submitted.map(({ to }) => `+${to}`).sort(), numbers)
    assert.ok(peer.unansweredMax() <= windowSize, `${peer.unansweredMax()} at once`)
    assert.ok(peer.unansweredMax() > 1)
  })

  test('keeps the place of a message that was given up, and sends none that waited in vain', async () => {
    const { peer, deliver } = await startBoth({ windowSize: 2, responseMilliseconds: 60_000 })
    peer.behave('silent')

    const signal = AbortSignal.timeout(200)
    setMaxListeners(0, signal)
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver({}, signal)))

    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['unknown', 'unknown', 'refused', 'refused', 'refused'],
    )
    assert.equal((await deliver({}, AbortSignal.timeout(100))).kind, 'refused')
    assert.equal(peer.unansweredMax(), 2)
  })

  test('lets no more through than the SMSC takes in a second', async () => {
    const perSecondMax = 20
    const { peer, deliver } = await startBoth({ perSecondMax, windowSize: 50 })
    const times: number[] = []
    peer.judge(() => {
      times.push(performance.now())
      return 0
    })

    await Promise.all(Array.from({ length: 50 }, () => deliver()))

    const perSecond = times.map(
      (start) => times.filter((time) => time >= start && time < start + 1_000).length,
    )
    assert.ok(Math.max(...perSecond) <= perSecondMax, String(Math.max(...perSecond)))
  })

  test('closes for a while when the SMSC is throttling', async () => {
    const { peer, deliver } = await startBoth({ windowSize: 1 })
    peer.judge((_submitted, count) => (count === 1 ? 0x58 : 0))

    const startedAt = performance.now()
    const answers = await Promise.all([deliver(), deliver()])

    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['refused', 'accepted'],
    )
    assert.ok(performance.now() - startedAt > 900)
  })
})

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
    const { peer, deliver } = await startBoth({ onReceipt: (receipt) => void receipts.push(receipt) })
    peer.judge(async ({ messageId }) => {
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
    const { peer, deliver } = await startBoth({ onReceipt: (receipt) => void receipts.push(receipt) })
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
    const { peer, deliver } = await startBoth({
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
    const { peer, deliver, reports } = await startBoth({
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
    const { peer, deliver } = await startBoth({
      receiptIds: 'decimal-for-hexadecimal',
      onReceipt: (receipt) => void receipts.push(receipt),
    })
    peer.judge((submitted) => {
      submitted.messageId = '00FF'
      return 0
    })
    const answer = await deliver()
    await present(peer, { short_message: report('255', 'DELIVRD') })
    assert.ok(answer.kind === 'accepted')
    assert.equal(receipts[0]?.carrierMessageId, answer.carrierMessageId)
  })
})
