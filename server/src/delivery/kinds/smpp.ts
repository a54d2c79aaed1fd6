import Type from 'typebox'
import type { CarrierParts } from '../carrier.ts'
import { bindModes } from '../protocols/smpp/bind.ts'
import { createSmppCarrier } from '../protocols/smpp/carrier.ts'
import { receiptIdForms, type SmppReceipt } from '../protocols/smpp/receipt.ts'
import { concatenations, receiptWishes, validities } from '../protocols/smpp/submit-requests.ts'
import { textCodings } from '../protocols/smpp/submit-text.ts'
import { report } from '../receipts/receipt-reader.ts'
import { choice, defineCarrierKind, flag, type SettingNotes, secret, text } from './carrier-kind.ts'

const count = (options: SettingNotes & { minimum: number; maximum: number; default?: number }) =>
  Type.Integer(options)

/** A type of number or a numbering plan (SMPP 3.4 sections 5.2.5 and 5.2.6). */
const octet = (description: string) =>
  Type.Optional(
    count({ description, expected: 'a number up to 255', example: '1', minimum: 0, maximum: 255 }),
  )

const login = {
  host: text({
    description: 'Where the SMSC is reached.',
    expected: 'a host name or an IP address',
    example: 'smpp.operator.example',
    pattern: '^[A-Za-z0-9.:-]{1,253}$',
  }),
  port: count({
    description: 'Its port; often another one for TLS.',
    expected: 'a port',
    example: '3550',
    minimum: 1,
    maximum: 65_535,
    default: 2775,
  }),
  allowPlainText: flag({
    description:
      'Lets the login and the codes travel without TLS to another machine, as over a private line.',
    example: 'true',
    default: false,
  }),
  certificateAuthority: Type.Optional(
    text({
      description: "The certificate of the SMSC's authority, where it is none of the public ones.",
      expected: 'a certificate in PEM format',
      example: `\${SMSC_CA}`,
      pattern: '-----BEGIN CERTIFICATE-----',
    }),
  ),
  systemId: text({
    description: 'The name under which we log in.',
    expected: 'up to 15 signs',
    example: 'example',
    pattern: '^[\\x20-\\x7e]{1,15}$',
  }),
  password: secret({
    description: 'The password; SMPP has room for eight signs.',
    expected: 'up to 8 signs',
    variable: 'SMPP_PASSWORD',
    pattern: '^[\\x20-\\x7e]{1,8}$',
  }),
  systemType: Type.Optional(
    text({
      description: 'The kind of system that we are, where the operator asks for one.',
      expected: 'up to 12 signs',
      example: 'OTP',
      pattern: '^[\\x20-\\x7e]{1,12}$',
    }),
  ),
  bindMode: choice(bindModes, {
    description: 'With transmitter no receipts come, for another system receives them.',
    example: 'transmitter',
    default: 'transceiver',
  }),
}

const submission = {
  source: text({
    description: 'Whom the SMS comes from.',
    expected: 'a number in E.164, a short code, or an alphanumeric sender of up to 11 signs',
    example: 'Example',
    pattern: '^(\\+?[0-9]{1,20}|[\\x20-\\x7e]{1,11})$',
  }),
  sourceTon: octet('The type of number of the source, where its spelling does not say it rightly.'),
  sourceNpi: octet('The numbering plan of the source, where its spelling does not say it rightly.'),
  destinationTon: octet(
    'The type of number of the recipient; 1, international, unless the operator says so.',
  ),
  destinationNpi: octet('The numbering plan of the recipient; 1, telephone, unless the operator says so.'),
  serviceType: Type.Optional(
    text({
      description: 'The service of the operator that is to be used.',
      expected: 'up to 5 signs',
      example: 'OTP',
      pattern: '^[\\x20-\\x7e]{1,5}$',
    }),
  ),
  textCoding: choice(textCodings, {
    description: 'The alphabet for texts that fit it; all others, and with ucs-2 all, are sent as UCS-2.',
    example: 'latin-1',
    default: 'gsm-7',
  }),
  concatenation: choice(concatenations, {
    description: 'How a long text is put together again: by the phone, or by the SMSC (sar, payload).',
    example: 'payload',
    default: 'udh',
  }),
  validity: choice(validities, {
    description: 'How the SMSC is told when a code expires: relative where it does not keep UTC.',
    example: 'relative',
    default: 'absolute',
  }),
}

const flow = {
  windowSize: count({
    description: 'How many messages may be unanswered at once.',
    expected: 'a number from 1 to 1000',
    example: '50',
    minimum: 1,
    maximum: 1000,
    default: 10,
  }),
  perSecondMax: Type.Optional(
    count({
      description: 'How many parts of messages the operator takes in a second.',
      expected: 'a number from 1 to 10000',
      example: '100',
      minimum: 1,
      maximum: 10_000,
    }),
  ),
  enquireLinkSeconds: count({
    description: 'How often the SMSC is asked whether it is still there.',
    expected: 'a number of seconds from 1 to 3600',
    example: '60',
    minimum: 1,
    maximum: 3600,
    default: 30,
  }),
  receipts: choice(receiptWishes, {
    description: 'Which deliveries the SMSC reports: to us, or to the system that is bound as the receiver.',
    example: 'failures',
    default: 'all',
  }),
  receiptIds: choice(receiptIdForms, {
    description: 'In which numerals receipts write an id, for that of the answer.',
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
      'Ask the operator for host, port, system id, password and the sender that you may use, and have your addresses allowed.',
      'Ask how many messages may be unanswered, and how many it takes in a second, and set `windowSize` and `perSecondMax` to that.',
      'Compare the id of a first receipt with that of the message; when one is hexadecimal and the other decimal, set `receiptIds`.',
    ],
    delivered: 'A receipt says `DELIVRD`; `UNDELIV`, `REJECTD`, `DELETED` and `EXPIRED` say that it was not.',
    source: null,
  },
  receipts: {
    setup: ['Every message asks for its receipt, as `receipts` says; they come over the same connection.'],
    checked: 'The login of the connection.',
  },
  create({ allowPlainText, ...settings }, { name, log, onReceipt }) {
    return createSmppCarrier({
      name,
      log,
      ...settings,
      ...(allowPlainText ? { isSecure: false } : {}),
      ...(onReceipt === undefined ? {} : { onReceipt: (receipt) => tell(receipt, onReceipt) }),
    })
  },
})

const states = {
  accepted: 'sent',
  delivered: 'delivered',
  undelivered: 'undelivered',
  expired: 'expired',
  // The SMSC has lost track, which says nothing of the message.
  unknown: undefined,
} as const satisfies Record<SmppReceipt['state'], unknown>

async function tell(
  { carrierMessageId, state, detail }: SmppReceipt,
  onReceipt: NonNullable<CarrierParts['onReceipt']>,
): Promise<void> {
  for (const told of report(carrierMessageId, states[state], detail)) await onReceipt(told)
}
