import { createHash } from 'node:crypto'
import type { OutgoingMessage } from '../../carrier.ts'
import type { PduDraft, Tlvs } from './pdu.ts'
import { encodeText, type TextCoding } from './submit-text.ts'
import { tag } from './tags.ts'

/** A number or name as SMPP writes it: with its type and plan (sections 5.2.5 and 5.2.6). */
export type SmppAddress = { address: string; ton: number; npi: number }

/**
 * How a long text becomes one message again: `udh`, a header in front of each part, which the phone reads; `sar`, the
 * same in parameters, which the SMSC turns into a header; `payload`, the whole text in one PDU, which the SMSC splits.
 */
export const concatenations = ['udh', 'sar', 'payload'] as const
export type Concatenation = (typeof concatenations)[number]

/**
 * How a PDU states when the message expires: `absolute`, as a time, which needs a correct clock at the SMSC; or
 * `relative`, as the time left, for SMSCs that use local time.
 */
export const validities = ['absolute', 'relative'] as const
export type Validity = (typeof validities)[number]

/** Which final states the SMSC reports (section 5.2.17, bits 1 and 0). */
export const receiptWishes = ['all', 'failures', 'none'] as const
export type RegisteredDelivery = (typeof receiptWishes)[number]

const registeredDelivery: Record<RegisteredDelivery, number> = { none: 0, all: 1, failures: 2 }

export type SubmitSettings = {
  serviceType: string
  source: SmppAddress
  destinationTon: number
  destinationNpi: number
  textCoding: TextCoding
  concatenation: Concatenation
  validity: Validity
  receipts: RegisteredDelivery
}

export type SubmitDraft = PduDraft<'submit_sm'>

const userDataHeaderIndicator = 0x40
const partsMax = 255
const payloadLengthMax = 0xffff

/** The PDUs that carry a message, in order, or the reason why none can. */
export function renderSubmits(message: OutgoingMessage, settings: SubmitSettings): SubmitDraft[] | string {
  const destination = /^\+([1-9][0-9]{1,14})$/.exec(message.to)?.[1]
  if (destination === undefined) return 'The address is not a phone number in E.164.'
  const validity = renderValidity(message, settings.validity)
  if (validity === null) return 'The time left is not one that SMPP can say.'
  const { dataCoding, parts } = encodeText(message.text, settings.textCoding)

  const shared = {
    service_type: settings.serviceType,
    source_addr_ton: settings.source.ton,
    source_addr_npi: settings.source.npi,
    source_addr: settings.source.address,
    dest_addr_ton: settings.destinationTon,
    dest_addr_npi: settings.destinationNpi,
    destination_addr: destination,
    validity_period: validity,
    data_coding: dataCoding,
  }
  const reference = referenceOf(message.idempotencyKey)
  const contents = renderContents(parts, settings.concatenation, reference)
  if (contents === null) return 'The text is too long for one message.'
  return contents.map(({ fields, tlvs }, index) => ({
    command: 'submit_sm',
    fields: {
      ...shared,
      ...fields,
      // One receipt for each message: the last part is enough, because all go to one phone within a second.
      registered_delivery: index === contents.length - 1 ? registeredDelivery[settings.receipts] : 0,
    },
    tlvs: new Map([[tag.userMessageReference, uint16(reference)], ...tlvs]),
  }))
}

type Content = { fields: SubmitDraft['fields']; tlvs: Tlvs }

function renderContents(parts: Buffer[], concatenation: Concatenation, reference: number): Content[] | null {
  const [first] = parts
  if (first !== undefined && parts.length === 1)
    return [{ fields: { short_message: first }, tlvs: new Map() }]
  if (concatenation === 'payload') {
    const payload = Buffer.concat(parts)
    if (payload.length > payloadLengthMax) return null
    return [{ fields: {}, tlvs: new Map([[tag.messagePayload, payload]]) }]
  }

  if (parts.length > partsMax) return null
  return parts.map((part, index) =>
    concatenation === 'udh'
      ? {
          fields: {
            esm_class: userDataHeaderIndicator,
            // An 8-bit reference leaves room for 153 letters, the standard unit of counting and billing.
            short_message: Buffer.concat([
              Buffer.from([5, 0, 3, reference & 0xff, parts.length, index + 1]),
              part,
            ]),
          },
          tlvs: new Map(),
        }
      : {
          fields: { short_message: part },
          tlvs: new Map([
            [tag.sarReference, uint16(reference)],
            [tag.sarTotal, Buffer.from([parts.length])],
            [tag.sarNumber, Buffer.from([index + 1])],
          ]),
        },
  )
}

/**
 * The same at every attempt, so that a phone recognises a repeated message, and completes a part that it already has
 * with the parts of the next attempt.
 */
const referenceOf = (idempotencyKey: string): number =>
  createHash('sha256').update(idempotencyKey).digest().readUInt16BE(0)

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

/** Section 7.1.1. Truncated and never rounded up: nothing may be delivered after expiry (I4). */
function renderValidity({ expiresAt, writtenAt }: OutgoingMessage, validity: Validity): string | null {
  if (validity === 'absolute') return `${expiresAt.toISOString().replace(/\D/g, '').slice(2, 15)}00+`

  const seconds = Math.floor((expiresAt.getTime() - writtenAt.getTime()) / 1000)
  const days = Math.floor(seconds / 86_400)
  // Zero means the SMSC's default, which is days. A month has no fixed length, so days end at 28.
  if (seconds < 1 || days > 28) return null
  const parts = [days, Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  return `0000${parts.map((part) => String(part).padStart(2, '0')).join('')}000R`
}
