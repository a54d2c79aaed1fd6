import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { sampleMessage } from '../../../../test/contracts/carrier-contract.ts'
import { foldToGsm7, gsm7CodesOf } from '../gsm7.ts'
import { classifyStatus } from './command-status.ts'
import { PduError } from './fields.ts'
import { createPduSplitter, decodePdu, encodePdu, type PduDraft } from './pdu.ts'
import { type IncomingMessage, parseReceipt, type ReceiptIdForm } from './receipt.ts'
import { renderSubmits, type SubmitSettings } from './submit-requests.ts'
import { encodeText } from './submit-text.ts'

const octet = fc.integer({ min: 0, max: 255 })
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const latin1 = (maxLength: number) =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength })
    .map((codes) => Buffer.from(codes).toString('latin1'))
const tlvs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 0xffff }), bytes(300)), { maxLength: 5 })
  .map((entries) => new Map(entries))
const sequence = fc.integer({ min: 1, max: 0x7fffffff })
const message = fc.record({
  service_type: latin1(5),
  source_addr_ton: octet,
  source_addr_npi: octet,
  source_addr: latin1(20),
  dest_addr_ton: octet,
  dest_addr_npi: octet,
  destination_addr: latin1(20),
  esm_class: octet,
  protocol_id: octet,
  priority_flag: octet,
  schedule_delivery_time: latin1(16),
  validity_period: latin1(16),
  registered_delivery: octet,
  replace_if_present_flag: octet,
  data_coding: octet,
  sm_default_msg_id: octet,
  short_message: bytes(254),
})
const drafts = fc.oneof(
  fc.record({ command: fc.constantFrom('submit_sm', 'deliver_sm'), status: octet, fields: message, tlvs }),
  fc.record({ command: fc.constantFrom('enquire_link', 'unbind', 'generic_nack'), status: octet, tlvs }),
  fc.record({
    command: fc.constantFrom('submit_sm_resp', 'deliver_sm_resp', 'data_sm_resp'),
    status: octet,
    fields: fc.record({ message_id: latin1(64) }),
    tlvs,
  }),
) as fc.Arbitrary<PduDraft<'submit_sm'>>

describe('a PDU of SMPP', () => {
  test('reads as it was written', () => {
    fc.assert(
      fc.property(drafts, sequence, (draft, number) => {
        const { command, status, fields = {}, tlvs: written } = draft
        assert.deepEqual(decodePdu(encodePdu(draft, number)), {
          command,
          status,
          sequence: number,
          fields: { ...fields },
          tlvs: written,
        })
      }),
    )
  })

  test('is the same wherever the stream is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(drafts, { maxLength: 6 }), cuts, (many, lengths) => {
        const pdus = many.map((draft, index) => encodePdu(draft, index + 1))
        const stream = Buffer.concat(pdus)
        const splitter = createPduSplitter()
        const read: Buffer[] = []
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const length = lengths[turn % lengths.length] ?? 1
          read.push(...splitter.push(stream.subarray(at, at + length)))
          at += length
        }
        assert.deepEqual(read, pdus)
      }),
    )
  })

  test('that is garbage, or cut short, or changed, is read or refused with a PduError', () => {
    const readAll = (stream: Buffer) => {
      try {
        for (const pdu of createPduSplitter().push(stream)) decodePdu(pdu)
      } catch (error) {
        assert.ok(error instanceof PduError, String(error))
      }
    }
    fc.assert(fc.property(bytes(400), readAll), { numRuns: 2_000 })
    fc.assert(
      fc.property(drafts, fc.nat(), octet, fc.nat(), (draft, place, value, length) => {
        const pdu = encodePdu(draft, 1)
        pdu.writeUInt8(value, place % pdu.length)
        readAll(pdu)
        const short = Buffer.from(pdu.subarray(0, 16 + (length % (pdu.length - 15))))
        short.writeUInt32BE(short.length, 0)
        readAll(short)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of a false length is refused at once, not waited for', () => {
    for (const length of [0, 15, 70_001, 0xffffffff]) {
      const head = Buffer.alloc(4)
      head.writeUInt32BE(length)
      assert.throws(() => [...createPduSplitter().push(head)], PduError)
    }
  })

  test('may refuse without a body', () => {
    const bare = Buffer.alloc(16)
    bare.writeUInt32BE(16, 0)
    bare.writeUInt32BE(0x80000004, 4)
    bare.writeUInt32BE(0x0b, 8)
    const pdu = decodePdu(bare)
    assert.ok(pdu.command === 'submit_sm_resp' && pdu.fields.message_id === '')
  })

  test('takes no text that could end a parameter early', () => {
    const write = (destination_addr: string) => () =>
      encodePdu({ command: 'submit_sm', fields: { destination_addr } }, 1)
    assert.throws(write('2250\u00000701'), RangeError)
    assert.throws(write('1'.repeat(21)), RangeError)
    assert.throws(write('٣'), RangeError)
  })
})

test('every status of the specification has a name and a meaning', () => {
  assert.deepEqual(classifyStatus(0x58), { name: 'ESME_RTHROTTLED', meaning: 'busy' })
  assert.deepEqual(classifyStatus(0x14), { name: 'ESME_RMSGQFUL', meaning: 'queue-full' })
  assert.deepEqual(classifyStatus(0x0b), { name: 'ESME_RINVDSTADR', meaning: 'for-good' })
  assert.deepEqual(classifyStatus(0x0e), { name: 'ESME_RINVPASWD', meaning: 'account' })
  assert.deepEqual(classifyStatus(0x0d), { name: 'ESME_RBINDFAIL', meaning: 'account' })
  assert.deepEqual(classifyStatus(0x08), { name: 'ESME_RSYSERR', meaning: 'for-now' })
  assert.deepEqual(classifyStatus(0x401), { name: 'command_status 0x00000401', meaning: 'unclear-for-now' })
})

describe('a text over SMPP', () => {
  const lengths = (text: string, coding: 'gsm-7' | 'latin-1' | 'ucs-2' = 'gsm-7') =>
    encodeText(text, coding).parts.map(({ length }) => length)

  test('is cut where the radio cuts it', () => {
    assert.deepEqual(lengths('a'.repeat(160)), [160])
    assert.deepEqual(lengths('a'.repeat(161)), [153, 8])
    assert.deepEqual(lengths('я'.repeat(70)), [140])
    assert.deepEqual(lengths('я'.repeat(71)), [134, 8])
    assert.deepEqual(lengths(`${'é'.repeat(140)}`, 'latin-1'), [140])
    assert.deepEqual(lengths('a', 'ucs-2'), [2])
    assert.deepEqual(lengths(''), [0])
  })

  test('keeps an escaped letter and a surrogate pair in one part', () => {
    assert.deepEqual(lengths(`${'a'.repeat(152)}€${'a'.repeat(20)}`), [152, 22])
    assert.deepEqual(lengths(`${'я'.repeat(66)}😀${'я'.repeat(20)}`), [132, 44])
  })

  test('takes the cheapest alphabet that holds all of it', () => {
    assert.equal(encodeText('Ça coûte 5 €', 'gsm-7').dataCoding, 8)
    assert.equal(encodeText(foldToGsm7('Ça coûte 5 €'), 'gsm-7').dataCoding, 0)
    assert.equal(encodeText('Ça coûte', 'latin-1').dataCoding, 3)
    assert.equal(encodeText('5 €', 'latin-1').dataCoding, 8)
  })

  test('has no code for the escape itself', () => {
    assert.equal(gsm7CodesOf('\u001b'), null)
    assert.deepEqual(gsm7CodesOf('Æ'), [0x1c])
    assert.deepEqual(gsm7CodesOf('à'), [0x7f])
  })
})

describe('a submit_sm', () => {
  const settings: SubmitSettings = {
    serviceType: '',
    source: { address: 'Shop', ton: 5, npi: 0 },
    destinationTon: 1,
    destinationNpi: 1,
    textCoding: 'gsm-7',
    concatenation: 'udh',
    validity: 'absolute',
    receipts: 'all',
  }
  const writtenAt = new Date('2026-03-01T12:00:00.500Z')
  const validity = (expiresAt: string, changes: Partial<SubmitSettings> = {}) => {
    const message = sampleMessage('sms', { expiresAt: new Date(expiresAt), writtenAt })
    const submits = renderSubmits(message, { ...settings, ...changes })
    return typeof submits === 'string' ? submits : submits[0]?.fields?.validity_period
  }

  test('is void when the code expires, to the tenth of a second before', () => {
    assert.equal(validity('2026-03-01T12:05:00.999Z'), '260301120500900+')
    assert.equal(validity('2026-03-01T12:05:00.400Z', { validity: 'relative' }), '000000000459000R')
    assert.equal(validity('2026-03-02T13:00:01.000Z', { validity: 'relative' }), '000001010000000R')
  })

  test('is not made when no time is left to say', () => {
    assert.match(String(validity('2026-03-01T12:00:01.000Z', { validity: 'relative' })), /time left/)
  })

  test('asks for one receipt, at the last part, and refers to the same message in all', () => {
    const message = sampleMessage('sms', { text: 'a'.repeat(400) })
    const submits = renderSubmits(message, settings)
    assert.ok(typeof submits !== 'string')
    assert.deepEqual(
      submits.map(({ fields }) => fields?.registered_delivery),
      [0, 0, 1],
    )
    const references = submits.map(({ tlvs }) => tlvs?.get(0x0204)?.toString('hex'))
    assert.equal(new Set(references).size, 1)
    assert.deepEqual(renderSubmits(message, settings), submits)
  })

  test('is made for nothing but one phone number', () => {
    for (const to of ['', '2250701020304', '+0', '+225,+226', '+2250701020304\r\n', 'ada@example.test'])
      assert.equal(typeof renderSubmits(sampleMessage('sms', { to }), settings), 'string', to)
  })

  test('is not made of more parts than a header can count', () => {
    const message = sampleMessage('sms', { text: 'a'.repeat(153 * 255 + 1) })
    assert.equal(typeof renderSubmits(message, settings), 'string')
  })
})

describe('a receipt', () => {
  const at = new Date()
  const read = (text: string, tlvs: [number, Buffer][] = [], form: ReceiptIdForm = 'same', coding = 0) => {
    const pdu = decodePdu(
      encodePdu(
        {
          command: 'deliver_sm',
          fields: { esm_class: 4, data_coding: coding, short_message: Buffer.from(text, 'latin1') },
          tlvs: new Map(tlvs),
        },
        1,
      ),
    )
    return parseReceipt(pdu as IncomingMessage, form, at)
  }
  const report = (id: string, stat: string) =>
    `id:${id} sub:001 dlvrd:001 submit date:2603011200 done date:2603011201 stat:${stat} err:000 text:012345 is`

  test.for([
    ['DELIVRD', 'delivered'],
    ['EXPIRED', 'expired'],
    ['DELETED', 'undelivered'],
    ['UNDELIV', 'undelivered'],
    ['ACCEPTD', 'accepted'],
    ['ENROUTE', 'accepted'],
    ['UNKNOWN', 'unknown'],
    ['REJECTD', 'undelivered'],
    ['delivrd', 'delivered'],
  ] as const)('that says %s means %s', ([stat, state]) => {
    assert.deepEqual(read(report('ab12', stat)), {
      carrierMessageId: 'ab12',
      state,
      detail: `${stat.toUpperCase()} err:000`,
      at,
    })
  })

  test('is read from its parameters before its text', () => {
    const receipt = read(report('42', 'ENROUTE'), [
      [0x001e, Buffer.from('2A\0')],
      [0x0427, Buffer.from([5])],
      [0x0423, Buffer.from([3, 0, 27])],
    ])
    assert.equal(receipt?.carrierMessageId, '2A')
    assert.equal(receipt?.state, 'undelivered')
    assert.match(receipt?.detail ?? '', /network:3\/27/)
  })

  test('that comes in the other numerals names the same message', () => {
    assert.equal(read(report('255', 'DELIVRD'), [], 'decimal-for-hexadecimal')?.carrierMessageId, '255')
    assert.equal(read(report('0FF', 'DELIVRD'), [], 'hexadecimal-for-decimal')?.carrierMessageId, '255')
    const named: [number, Buffer][] = [[0x001e, Buffer.from('0fF\0')]]
    assert.equal(read(report('255', 'DELIVRD'), named, 'decimal-for-hexadecimal')?.carrierMessageId, '255')
    assert.equal(read(report('x-1', 'DELIVRD'), [], 'decimal-for-hexadecimal')?.carrierMessageId, 'x-1')
  })

  test('is not told anything by the words of the message that it repeats', () => {
    assert.equal(read('id:7 stat:UNDELIV err:001 text:id:8 stat:DELIVRD')?.state, 'undelivered')
    assert.equal(read('text:id:8 stat:DELIVRD'), null)
  })

  test('without an id or a state is none', () => {
    assert.equal(read(''), null)
    assert.equal(read('id:7'), null)
    assert.equal(read('stat:DELIVRD'), null)
    assert.equal(read(report('7', 'NONSENS')), null)
    assert.equal(read(`id:${'7'.repeat(201)} stat:DELIVRD`), null)
  })

  test('may be written in UCS-2', () => {
    const wide = Buffer.from('id:9 stat:DELIVRD', 'utf16le').swap16().toString('latin1')
    assert.equal(read(wide, [], 'same', 8)?.carrierMessageId, '9')
  })

  test('of any text is read or is none', () => {
    fc.assert(
      fc.property(latin1(200), fc.constantFrom(0x1e, 0x423, 0x427), bytes(70), (text, tag, value) => {
        read(`id:7 ${text}`, [[tag, value]])
      }),
    )
  })
})
