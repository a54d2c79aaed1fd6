import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { RefusalReason } from '../../src/delivery/carrier.ts'
import { createSmppCarrier } from '../../src/delivery/protocols/smpp/carrier.ts'
import type { SmppOptions } from '../../src/delivery/protocols/smpp/options.ts'
import { Secret } from '../../src/domain/secret.ts'
import { carrierContract } from '../contracts/carrier-contract.ts'
import { createSelfSignedCertificate } from '../harness/self-signed-certificate.ts'
import { until } from '../harness/until.ts'
import { smppOptions, startSmppPair } from '../providers/smpp-pair.ts'
import { assemble, receivedBy, startSmppPeer } from '../providers/smpp-peer.ts'

const certificate = createSelfSignedCertificate()

carrierContract('smpp over TLS', async () => {
  const peer = await startSmppPeer({ tls: certificate })
  const secure = { isSecure: true, certificateAuthority: certificate.cert }
  return {
    carrier: createSmppCarrier({ ...smppOptions, ...secure, port: peer.port }),
    behave: peer.behave,
    received: async () => receivedBy(peer),
    stop: peer.stop,
  }
})

const alphabet = [
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€',
]

describe('a message over SMPP', () => {
  test('says in its parameters what the options say', async () => {
    const { peer, deliver } = await startSmppPair({ serviceType: 'OTP', source: '+2250700000000' })
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

  test('V10 I4: a relative validity is what was left by the clock that the code expires by, not by ours', async () => {
    const { peer, deliver } = await startSmppPair({ validity: 'relative' })
    for (const minutesOff of [-10, 10]) {
      const writtenAt = new Date(Date.now() + minutesOff * 60_000)
      await deliver({ writtenAt, expiresAt: new Date(writtenAt.getTime() + 299_500) })
    }
    // The peer reads it as so many seconds from now.
    const secondsLeft = peer.submitted.map(({ pdu }) =>
      Math.round((new Date(String(pdu.validity_period)).getTime() - Date.now()) / 10_000),
    )
    assert.deepEqual(secondsLeft, [30, 30])
  })

  test.for([...alphabet, 'Код 012345 — магазин', '٠١٢٣٤٥ رمزك 😀', ''])(
    'arrives letter for letter: %j',
    async (text) => {
      const { peer, deliver } = await startSmppPair()
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
    const { peer, deliver } = await startSmppPair({ concatenation })

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
    const { peer, deliver } = await startSmppPair()
    peer.decide(({ part }) => (part?.number === 2 ? 0x0b : 0))
    const answer = await deliver({ text: long })
    assert.ok(answer.kind === 'refused' && answer.reason === 'for-good')
  })

  test('of which a part is refused for now may have arrived, and the next try completes it', async () => {
    const { peer, deliver } = await startSmppPair()
    peer.decide(({ part }) => (part?.number === 2 ? 0x08 : 0))
    const answer = await deliver({ text: long })
    assert.ok(answer.kind === 'unknown' && /ESME_RSYSERR/.test(answer.detail))

    const [first] = peer.submitted
    peer.submitted.splice(0)
    peer.behave('accept')
    assert.equal((await deliver({ text: long })).kind, 'accepted')
    assert.deepEqual(peer.submitted[0]?.part, first?.part)
  })

  test('of which the first part is refused costs no other part', async () => {
    const { peer, deliver } = await startSmppPair()
    let asked = 0
    peer.decide(() => {
      asked += 1
      return 0x58
    })
    const answer = await deliver({ text: long })
    assert.deepEqual(answer, {
      kind: 'refused',
      reason: 'for-now',
      detail: 'ESME_RTHROTTLED',
      retryAfterSeconds: 1,
    })
    assert.equal(asked, 1)
  })

  test.for([
    [0x0b, true, null],
    [0x0a, false, null],
    [0x62, false, null],
    [0x0c, true, null],
    [0x08, false, null],
    [0x14, false, 1],
    [0x58, false, 1],
    [0x401, false, null],
  ] as const)(
    'that is answered with status %i is refused, for good: %s',
    async ([status, isPermanent, retry]) => {
      const { peer, deliver } = await startSmppPair()
      peer.decide(() => status)
      const answer = await deliver()
      assert.ok(answer.kind === 'refused')
      assert.deepEqual([answer.reason === 'for-good', answer.retryAfterSeconds], [isPermanent, retry])
    },
  )

  const statuses: Record<RefusalReason, number[]> = {
    'for-good': [0x01, 0x0b, 0x0c, 0x33, 0x34, 0x40, 0x42, 0x44, 0x54, 0x55, 0x63, 0x65, 0x66],
    'recipient-for-now': [],
    // "Submit failed", "delivery failed", "unknown", a full queue, and what vendors say: of this number, or of everything.
    'unclear-for-now': [0x14, 0x45, 0x64, 0xfe, 0xff, 0x100, 0x3ff, 0x400, 0x401, 0x4ff, 0x555],
    'for-now': [0x02, 0x03, 0x05, 0x08, 0x11, 0x13, 0x58, 0x67],
    // The last of them: what our settings fill, which fails for everybody alike.
    account: [
      0x0a, 0x0d, 0x0e, 0x0f, 0x15, 0x48, 0x49, 0x53, 0x06, 0x07, 0x43, 0x50, 0x51, 0x61, 0x62, 0xc0, 0xc1,
      0xc2, 0xc3, 0xc4,
    ],
  }
  test('every status says whether it is about this person, this day, or us (F1)', async () => {
    const { peer, deliver } = await startSmppPair()
    for (const [reason, codes] of Object.entries(statuses))
      for (const code of codes) {
        peer.decide(() => code)
        const answer = await deliver()
        assert.ok(answer.kind === 'refused')
        assert.equal(answer.reason, reason, `0x${code.toString(16)}`)
      }
  })

  test('from a sender that the SMSC does not let us have is refused for now, and somebody is told once', async () => {
    const { peer, deliver, reports } = await startSmppPair()
    peer.decide(() => 0x0a)
    const answers = [await deliver(), await deliver()]
    assert.ok(answers.every((answer) => answer.kind === 'refused' && answer.reason !== 'for-good'))
    assert.deepEqual(reports, [
      { event: 'carrier.account-refused', carrier: 'smpp', detail: 'ESME_RINVSRCADR' },
    ])
  })

  test('goes over TLS to an SMSC that the given authority vouches for, and to no other', async () => {
    const secure = { isSecure: true, certificateAuthority: certificate.cert }
    const { peer, deliver } = await startSmppPair(secure, { tls: certificate })
    assert.equal((await deliver()).kind, 'accepted')
    assert.equal(peer.submitted.length, 1)

    const stranger = await startSmppPair({ isSecure: true }, { tls: certificate })
    const answer = await stranger.deliver()
    assert.ok(answer.kind === 'refused' && answer.reason !== 'for-good')
    assert.match(stranger.reports[0]?.detail ?? '', /self-signed/)
  })
})

describe('a bind', () => {
  test('with a wrong password is reported as an error, without the password, and tried again', async () => {
    const { peer, deliver, reports } = await startSmppPair({ password: new Secret('hunter2') })

    const answer = await deliver()
    assert.deepEqual(answer, {
      kind: 'refused',
      reason: 'for-now',
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

  test('with a password of more than eight signs sends it whole, and warns without it (F7)', async () => {
    const { deliver, reports } = await startSmppPair(
      { password: new Secret('twelve-chars') },
      { password: 'twelve-chars' },
    )
    assert.equal((await deliver()).kind, 'accepted')
    assert.deepEqual(
      reports.map(({ event }) => event),
      ['carrier.long-password'],
    )
    assert.ok(!JSON.stringify(reports).includes('twelve-chars'))
  })

  test('that is refused for a while works when it is refused no more', async () => {
    let status = 0x0d
    const { deliver } = await startSmppPair({}, { bindStatus: () => status })
    assert.equal((await deliver()).kind, 'refused')
    status = 0
    await until(async () => (await deliver()).kind === 'accepted')
  })

  test('as a transmitter asks for no receipts', async () => {
    const { peer, deliver } = await startSmppPair({ bindMode: 'transmitter' })
    await deliver()
    assert.equal(peer.submitted[0]?.pdu.registered_delivery, 0)
  })

  test('that SMPP could not say stops the start', () => {
    const create = (changes: Partial<SmppOptions>) => () => createSmppCarrier({ ...smppOptions, ...changes })
    assert.throws(create({ password: new Secret('too long a password'.repeat(4)) }), (error: Error) => {
      return /password/.test(error.message) && !error.message.includes('too long a')
    })
    assert.throws(create({ systemId: 'a'.repeat(16) }), /system id/)
    assert.throws(create({ source: 'a name that is too long' }), /source/)
    assert.throws(create({ source: 'a\0b' }), /source/)
    assert.throws(create({ windowSize: 0 }), /window/)
  })
})
