import Type from 'typebox'
import type { CarrierParts } from '../carrier.ts'
import { bindModes } from '../protocols/smpp/bind.ts'
import { createSmppCarrier } from '../protocols/smpp/carrier.ts'
import { receiptIdForms, type SmppReceipt } from '../protocols/smpp/receipt.ts'
import { concatenations, receiptWishes, validities } from '../protocols/smpp/submit-requests.ts'
import { textCodings } from '../protocols/smpp/submit-text.ts'
import { report } from '../receipts/receipt-reader.ts'
import { choice, count, defineCarrierKind, flag, secret, text } from './carrier-kind.ts'

/** A type of number or a numbering plan (SMPP 3.4 sections 5.2.5 and 5.2.6). */
const octet = (description: string) =>
  Type.Optional(
    count({ description, expected: 'a number up to 255', example: '1', minimum: 0, maximum: 255 }),
  )

const login = {
  host: text({
    description: 'The host of the SMSC.',
    expected: 'a host name or an IP address',
    example: 'smpp.operator.example',
    pattern: '^[A-Za-z0-9.:-]{1,253}$',
  }),
  port: count({
    description: 'Its port; often a different one for TLS.',
    expected: 'a port',
    example: '3550',
    minimum: 1,
    maximum: 65_535,
    default: 2775,
  }),
  allowPlainText: flag({
    description:
      'Allows the login and the codes to travel to another machine without TLS, as over a private line.',
    example: 'true',
    default: false,
  }),
  certificateAuthority: Type.Optional(
    text({
      description: "The certificate of the SMSC's authority, if it is not a public one.",
      expected: 'a certificate in PEM format',
      example: `\${SMSC_CA}`,
      pattern: '-----BEGIN CERTIFICATE-----',
    }),
  ),
  systemId: text({
    description: 'The name that we log in with.',
    expected: 'up to 15 characters',
    example: 'example',
    pattern: '^[\\x20-\\x7e]{1,15}$',
  }),
  password: secret({
    description: 'The password; SMPP has room for eight characters; a longer one is sent whole.',
    expected: 'up to 64 characters',
    variable: 'SMPP_PASSWORD',
    pattern: '^[\\x20-\\x7e]{1,64}$',
  }),
  systemType: Type.Optional(
    text({
      description: 'Our system type, if the operator requires one.',
      expected: 'up to 12 characters',
      example: 'OTP',
      pattern: '^[\\x20-\\x7e]{1,12}$',
    }),
  ),
  bindMode: choice(bindModes, {
    description: 'With transmitter, no receipts arrive, because another system receives them.',
    example: 'transmitter',
    default: 'transceiver',
  }),
}

const submission = {
  source: text({
    description: 'The sender of the SMS.',
    expected: 'a number in E.164, a short code, or an alphanumeric sender of up to 11 characters',
    example: 'Example',
    pattern: '^(\\+?[0-9]{1,20}|[\\x20-\\x7e]{1,11})$',
  }),
  sourceTon: octet('The type of number of the source, if the one derived from `source` is wrong.'),
  sourceNpi: octet('The numbering plan of the source, if the one derived from `source` is wrong.'),
  destinationTon: octet(
    'The type of number of the recipient; 1, international, unless the operator says otherwise.',
  ),
  destinationNpi: octet(
    'The numbering plan of the recipient; 1, telephone, unless the operator says otherwise.',
  ),
  serviceType: Type.Optional(
    text({
      description: "The operator's service to use.",
      expected: 'up to 5 characters',
      example: 'OTP',
      pattern: '^[\\x20-\\x7e]{1,5}$',
    }),
  ),
  textCoding: choice(textCodings, {
    description:
      'The alphabet for texts that fit it; other texts, and with ucs-2 all texts, are sent as UCS-2.',
    example: 'latin-1',
    default: 'gsm-7',
  }),
  concatenation: choice(concatenations, {
    description: 'Who reassembles a long text: the phone, or the SMSC (sar, payload).',
    example: 'payload',
    default: 'udh',
  }),
  validity: choice(validities, {
    description: 'How a message states when its code expires; relative if the SMSC does not keep UTC.',
    example: 'relative',
    default: 'absolute',
  }),
}

const flow = {
  windowSize: count({
    description: 'How many messages may be unanswered at a time.',
    expected: 'a number from 1 to 1000',
    example: '50',
    minimum: 1,
    maximum: 1000,
    default: 10,
  }),
  perSecondMax: Type.Optional(
    count({
      description: 'How many message parts the operator accepts per second.',
      expected: 'a number from 1 to 10000',
      example: '100',
      minimum: 1,
      maximum: 10_000,
    }),
  ),
  enquireLinkSeconds: count({
    description: 'How often to check that the SMSC still responds.',
    expected: 'a number of seconds from 1 to 3600',
    example: '60',
    minimum: 1,
    maximum: 3600,
    default: 30,
  }),
  receipts: choice(receiptWishes, {
    description: 'Which deliveries the SMSC reports, to us or to the system that is bound as the receiver.',
    example: 'failures',
    default: 'all',
  }),
  receiptIds: choice(receiptIdForms, {
    description: 'In which numerals receipts write an id, compared with the answer.',
    example: 'decimal-for-hexadecimal',
    default: 'same',
  }),
}

const settings = Type.Object({ ...login, ...submission, ...flow })

/** SMS through an operator's own SMSC. */
export const smpp = defineCarrierKind({
  kind: 'smpp',
  channels: ['sms'],
  settings,
  guide: {
    title: 'SMPP 3.4',
    setup: [
      'Ask the operator for the host, port, system id, password and sender to use, and to allow your addresses.',
      'Ask how many messages may be unanswered and how many are accepted per second, and set `windowSize` and `perSecondMax`.',
      'Compare the id in the first receipt with that of the message; if one is hexadecimal and the other decimal, set `receiptIds`.',
    ],
    delivered:
      'A receipt says `DELIVRD`; `UNDELIV`, `REJECTD`, `DELETED` and `EXPIRED` mean that it was not.',
    source: null,
  },
  receipts: {
    setup: [
      'Every message requests its receipt, as `receipts` says; receipts arrive over the same connection.',
    ],
    checked: 'The login of the connection.',
  },
  create({ allowPlainText, ...settings }, { name, log, onReceipt, onInbound }) {
    return createSmppCarrier({
      name,
      log,
      ...settings,
      ...(allowPlainText ? { isSecure: false } : {}),
      ...(onInbound === undefined ? {} : { onInbound }),
      ...(onReceipt === undefined ? {} : { onReceipt: (receipt) => passOn(receipt, onReceipt) }),
    })
  },
})

const states = {
  accepted: 'sent',
  delivered: 'delivered',
  undelivered: 'undelivered',
  expired: 'expired',
  // The SMSC has lost track, which says nothing about the message.
  unknown: undefined,
} as const satisfies Record<SmppReceipt['state'], unknown>

async function passOn(
  { carrierMessageId, state, detail }: SmppReceipt,
  onReceipt: NonNullable<CarrierParts['onReceipt']>,
): Promise<void> {
  for (const entry of report(carrierMessageId, states[state], detail)) await onReceipt(entry)
}
