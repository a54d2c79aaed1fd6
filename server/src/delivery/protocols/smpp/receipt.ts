import { parseForeignId } from '../../../domain/foreign-text.ts'
import type { InboundMessage } from '../../../domain/opt-out.ts'
import { toOneLine } from '../../carrier.ts'
import type { PduOf } from './pdu.ts'
import { tag } from './tags.ts'

/** A report about an accepted message. Receipts arrive in any order, late, and more than once. */
export type SmppReceipt = {
  /** The id that it got when it was accepted. */
  carrierMessageId: string
  state: ReceiptState
  /** The SMSC's own description. */
  detail: string
  /** When the report arrived. The SMSC's times name no time zone. */
  at: Date
}

export type ReceiptState = 'delivered' | 'undelivered' | 'expired' | 'accepted' | 'unknown'

/**
 * In which numerals an SMSC writes the id of a message: the same in the answer to `submit_sm` and in the text of the
 * receipt, or, as with many SMSCs, hexadecimal in one and decimal in the other.
 */
export const receiptIdForms = ['same', 'decimal-for-hexadecimal', 'hexadecimal-for-decimal'] as const
export type ReceiptIdForm = (typeof receiptIdForms)[number]

/** Section 5.2.28, with the names of appendix B. */
const states: [value: number, name: string, state: ReceiptState][] = [
  [1, 'ENROUTE', 'accepted'],
  [2, 'DELIVRD', 'delivered'],
  [3, 'EXPIRED', 'expired'],
  [4, 'DELETED', 'undelivered'],
  [5, 'UNDELIV', 'undelivered'],
  [6, 'ACCEPTD', 'accepted'],
  [7, 'UNKNOWN', 'unknown'],
  [8, 'REJECTD', 'undelivered'],
]
/** Full names, which are common although the specification does not define them. */
const otherNames: Record<string, ReceiptState> = {
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'undelivered',
  UNDELIVERED: 'undelivered',
  ACCEPTED: 'accepted',
  REJECTED: 'undelivered',
  FAILED: 'undelivered',
}
const statesByValue = new Map(states.map(([value, name, state]) => [value, { name, state }]))
const statesByName = new Map([
  ...states.map(([, name, state]): [string, ReceiptState] => [name, state]),
  ...Object.entries(otherNames),
])

/** Bit 2: a delivery receipt; bit 5: an intermediate notification (section 5.2.12). */
const receiptClasses = 0x24

export type IncomingMessage = PduOf<'deliver_sm'> | PduOf<'data_sm'>

/** Whether the PDU is a report about a message of ours, and not a message to us. */
export const isReceipt = ({ fields, tlvs }: IncomingMessage): boolean =>
  (fields.esm_class & receiptClasses) !== 0 || tlvs.has(tag.receiptedMessageId)

/** Reads a receipt, preferring its parameters to its text (appendix B). Null when it names no message or no state. */
export function parseReceipt(pdu: IncomingMessage, form: ReceiptIdForm, at: Date): SmppReceipt | null {
  const text = receiptText(pdu)
  const named = pdu.tlvs.get(tag.receiptedMessageId)?.toString('latin1').replace(/\0.*$/s, '')
  // The parameter is defined as the id of the answer; only the text uses other numerals.
  const carrierMessageId = parseForeignId(
    named ? canonicalId(named, form, 'answer') : canonicalId(text.id, form, 'receipt'),
  )
  if (carrierMessageId === null) return null

  const value = pdu.tlvs.get(tag.messageState)?.[0]
  const stated = value === undefined ? undefined : statesByValue.get(value)
  const state = stated?.state ?? statesByName.get(text.state)
  if (state === undefined) return null
  const parts = [text.state || (stated?.name ?? ''), text.error && `err:${text.error}`, networkError(pdu)]
  return { carrierMessageId, state, detail: toOneLine(parts.filter((part) => part !== '').join(' ')), at }
}

/**
 * Converts an id to decimal numerals if the two places write it differently. An id that is not a number in the expected
 * numerals stays unchanged.
 */
export function canonicalId(id: string, form: ReceiptIdForm, place: 'answer' | 'receipt'): string {
  if (form === 'same') return id
  const isHexadecimal = (form === 'decimal-for-hexadecimal') === (place === 'answer')
  if (isHexadecimal) return /^[0-9a-f]{1,64}$/i.test(id) ? BigInt(`0x${id}`).toString() : id
  return /^[0-9]{1,64}$/.test(id) ? BigInt(id).toString() : id
}

/** What a person wrote to a number, and to which. */
export const inboundOf = (message: IncomingMessage): InboundMessage & { to: string } => ({
  from: message.fields.source_addr,
  to: message.fields.destination_addr,
  text: wholeText(message),
})

type ReceiptText = { id: string; state: string; error: string }

const ucs2 = 0x08
const textLengthMax = 1_000

function wholeText({ fields, tlvs }: IncomingMessage): string {
  const short = 'short_message' in fields ? fields.short_message : Buffer.alloc(0)
  const bytes = (short.length > 0 ? short : (tlvs.get(tag.messagePayload) ?? short)).subarray(
    0,
    textLengthMax,
  )
  const isWide = fields.data_coding === ucs2 && bytes.length % 2 === 0
  return isWide ? Buffer.from(bytes).swap16().toString('utf16le') : bytes.toString('latin1')
}

function receiptText(message: IncomingMessage): ReceiptText {
  // `text:` is followed by the start of the message itself, which may look like other fields.
  const report = wholeText(message).replace(/(?:^|\s)text:.*$/is, '')
  return {
    id: /(?:^|\s)id:\s*([^\s\0]+)/i.exec(report)?.[1] ?? '',
    state: (/(?:^|\s)stat:\s*([a-z]+)/i.exec(report)?.[1] ?? '').toUpperCase(),
    error: /(?:^|\s)err:\s*([^\s\0]+)/i.exec(report)?.[1] ?? '',
  }
}

/** Section 5.3.2.31: the kind of network, and its error number. */
function networkError({ tlvs }: IncomingMessage): string {
  const bytes = tlvs.get(tag.networkErrorCode)
  return bytes?.length === 3 ? `network:${bytes[0]}/${bytes.readUInt16BE(1)}` : ''
}
