import Type from 'typebox'
import { channels, maskAddress } from '../domain/address.ts'
import { messageLocales } from '../domain/locale.ts'
import { amountOf } from '../domain/money.ts'
import { receiptStates } from '../domain/receipt.ts'
import { codeStates, verificationOutcomes } from '../domain/verification.ts'
import type { Verification, VerificationDetails } from '../engine/ports/verifications.ts'
import { nullable, oneOf } from './answers.ts'
import { timelineOf } from './timeline.ts'

/*
 * How the admin API, and `--json` on the command line, render verifications, and the schemas of both. Addresses are masked.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })

const fields = {
  verificationId: text,
  purpose: text,
  content: oneOf([
    'code',
    'decoy',
    'notice-account-exists',
    'notice-password-reset',
    'notice-address-changed',
  ]),
  channel: oneOf(channels),
  address: nullable(Type.String({ description: 'Masked; null after its person was erased.' })),
  recordId: nullable(text),
  userId: nullable(Type.Integer()),
  locale: oneOf(messageLocales),
  outcome: oneOf(verificationOutcomes),
  state: nullable(oneOf(codeStates)),
  attempts: Type.Integer(),
  attemptsMax: Type.Integer(),
  createdAt: moment,
  expiresAt: moment,
  verifiedAt: nullable(moment),
  secondsToVerify: nullable(Type.Number()),
  carrier: nullable(text),
  country: nullable(text),
  messages: Type.Integer(),
  cost: Type.Number({ description: 'In the currency of the server.' }),
}

const example = {
  verificationId: '70db37800000a1b2c3d4e5f6',
  purpose: 'login',
  content: 'code',
  channel: 'sms',
  address: '+255***78',
  recordId: 'order_1',
  userId: null,
  locale: 'sw',
  outcome: 'verified',
  state: 'used',
  attempts: 2,
  attemptsMax: 5,
  createdAt: '2030-01-31T12:00:03.120Z',
  expiresAt: '2030-01-31T12:05:03.120Z',
  verifiedAt: '2030-01-31T12:00:17.013Z',
  secondsToVerify: 13.893,
  carrier: 'africas-talking',
  country: 'TZ',
  messages: 1,
  cost: 0.022,
}

export const verificationSchema = Type.Object(fields, { examples: [example] })

const entry = <const Name extends string, Fields extends Type.TProperties>(type: Name, own: Fields) =>
  Type.Object({ at: moment, type: Type.Literal(type), ...own })

const timelineEntry = Type.Union([
  entry('requested', { key: nullable(Type.Object({ keyId: text, name: nullable(text) })) }),
  entry('handed-over', {
    attempt: Type.Integer(),
    carrier: text,
    channel: oneOf(channels),
    country: nullable(text),
    result: oneOf(['accepted', 'refused', 'unknown']),
    detail: nullable(text),
    carrierMessageId: nullable(text),
    milliseconds: Type.Integer(),
    cost: Type.Number(),
  }),
  entry('reported', {
    attempt: Type.Integer(),
    carrier: text,
    result: oneOf(receiptStates),
    detail: nullable(text),
  }),
  entry('attempt-failed', { refusal: nullable(text) }),
  entry('inspected', {}),
  entry('locked', {}),
  entry('verified', {}),
  entry('replaced', {}),
  entry('expired', {}),
])

export const verificationDetailsSchema = Type.Object(
  { ...fields, currency: text, timeline: Type.Array(timelineEntry) },
  {
    examples: [
      {
        ...example,
        currency: 'EUR',
        timeline: [
          {
            at: '2030-01-31T12:00:03.120Z',
            type: 'requested',
            key: { keyId: 'KEY_0f1e2d3c4b5a', name: 'mobile app' },
          },
          {
            at: '2030-01-31T12:00:03.451Z',
            type: 'handed-over',
            attempt: 1,
            carrier: 'africas-talking',
            channel: 'sms',
            country: 'TZ',
            result: 'accepted',
            detail: null,
            carrierMessageId: 'ATXid_1',
            milliseconds: 310,
            cost: 0.022,
          },
          {
            at: '2030-01-31T12:00:05.902Z',
            type: 'reported',
            attempt: 1,
            carrier: 'africas-talking',
            result: 'delivered',
            detail: null,
          },
          { at: '2030-01-31T12:00:12.770Z', type: 'attempt-failed', refusal: 'mismatch' },
          { at: '2030-01-31T12:00:17.013Z', type: 'verified' },
        ],
      },
    ],
  },
)

export const revealedSchema = Type.Object(
  {
    verificationId: text,
    address: nullable(text),
    target: nullable(text),
    secondAddress: nullable(text),
  },
  {
    examples: [
      {
        verificationId: '70db37800000a1b2c3d4e5f6',
        address: '+255712345678',
        target: '0712 345 678',
        secondAddress: null,
      },
    ],
  },
)

/** A verification with its address masked. */
export const renderVerification = (verification: Verification) => ({
  verificationId: verification.id,
  purpose: verification.purpose,
  content: verification.content,
  channel: verification.channel,
  address: verification.address === null ? null : maskAddress(verification.address),
  recordId: verification.recordId,
  userId: verification.accountId,
  locale: verification.locale,
  outcome: verification.outcome,
  state: verification.state,
  attempts: verification.attempts,
  attemptsMax: verification.attemptsMax,
  createdAt: verification.createdAt.toISOString(),
  expiresAt: verification.expiresAt.toISOString(),
  verifiedAt: verification.usedAt?.toISOString() ?? null,
  secondsToVerify:
    verification.usedAt === null
      ? null
      : (verification.usedAt.getTime() - verification.createdAt.getTime()) / 1000,
  carrier: verification.carrier,
  country: verification.country,
  messages: verification.messages,
  cost: amountOf(verification.cost),
})

/** A verification with its timeline. */
export const renderVerificationDetails = (details: VerificationDetails, currency: string) => ({
  ...renderVerification(details),
  currency,
  timeline: timelineOf(details),
})

/** Its addresses in full. */
export const renderRevealed = ({ id, address, target, secondAddress }: VerificationDetails) => ({
  verificationId: id,
  address,
  target,
  secondAddress,
})
