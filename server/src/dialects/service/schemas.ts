import Type, { type TObject } from 'typebox'
import { isCode } from '../../domain/code.ts'
import type { AnswerSchema } from '../../http/dialect.ts'
import { createAnswersOf } from '../../http/error-answers.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { optionalField } from '../../http/optional-field.ts'
import { type Messages, messagesFor } from './messages.ts'

/*
 * The wire shapes of this dialect, with the examples of its document.
 */

const target = Type.String({
  minLength: 1,
  maxLength: 254,
  description: 'An e-mail address, or a phone number in international or national form.',
})
const channel = Type.Union([Type.Literal('email'), Type.Literal('whatsapp')])
const countryCode = Type.String({
  description: 'The calling code of a national number, such as `+1`. An empty one counts as absent.',
})
const recordId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]+$',
  description: "The caller's own name for what is being verified.",
})
const ownRecordId = Type.String({ description: "The record's own id, 24 hexadecimal digits." })
const moment = Type.String({ format: 'date-time' })

/** The key is in `x-api-key`. Both headers are checked before the rest of a request. */
const projectHeader = {
  'x-project-id': Type.String({ description: 'The project, such as `PRJ_abc123def456`.' }),
}

export const projectHeaders = Type.Object(projectHeader)

export const sendHeaders = Type.Object({
  ...projectHeader,
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[ -~]*$',
      description: 'The same key with the same body within 24 hours returns the first answer again.',
    }),
  ),
})

export const sendBody = Type.Object({
  target,
  channel,
  countryCode: optionalField(countryCode),
  recordId: optionalField(recordId),
  ...messageLanguage,
})

export const sendExamples = {
  'Email OTP': { target: 'user@example.com', channel: 'email', recordId: 'order_12345' },
  'WhatsApp OTP': {
    target: '1234567890',
    channel: 'whatsapp',
    countryCode: '+1',
    recordId: 'user_registration_67890',
  },
}

export const sendAnswer: AnswerSchema = {
  description: 'A code is on its way.',
  schema: Type.Object({
    message: Type.String(),
    expiresIn: Type.Integer({ description: 'The life of the code in seconds.' }),
    recordId: ownRecordId,
  }),
  examples: {
    sent: { message: messagesFor(null).sent, expiresIn: 300, recordId: '507f1f77bcf86cd799439011' },
  },
}

export const verifyBody = Type.Object({
  target,
  code: Type.Refine(
    Type.String({
      description:
        'The digits of the code, in any script and grouping: six, unless the project sets another length.',
    }),
    isCode,
  ),
  countryCode: optionalField(countryCode),
  recordId: optionalField(recordId),
  ...messageLanguage,
})

export const verifyExamples = {
  Verify: { target: 'user@example.com', code: '123456', recordId: 'order_12345' },
}

export const verifyAnswer: AnswerSchema = {
  description: 'Whether the code is right. The request spends a right code.',
  schema: Type.Union([
    Type.Object({ valid: Type.Literal(true), recordId: ownRecordId, verifiedAt: moment }),
    Type.Object({ valid: Type.Literal(false), reason: Type.String() }),
  ]),
  examples: {
    Success: { valid: true, recordId: '507f1f77bcf86cd799439011', verifiedAt: '2025-07-13T10:30:00.000Z' },
    Failure: { valid: false, reason: messagesFor(null).expired },
  },
}

const date = (sentence: string) => Type.String({ minLength: 1, maxLength: 40, description: sentence })

export const recordsQuery = Type.Object({
  page: Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'Page number (default: 1).' }),
  ),
  limit: Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]?|100)$',
      description: 'Records per page (default: 10, at most 100).',
    }),
  ),
  channel: Type.Optional(channel),
  verified: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  recordId: Type.Optional(recordId),
  target: Type.Optional(target),
  dateFrom: Type.Optional(date('Sent at or after this ISO date or date and time.')),
  dateTo: Type.Optional(date('Sent at or before this ISO date or date and time.')),
})

export const recordsAnswer: AnswerSchema = {
  description: 'The records, newest first.',
  schema: Type.Object({
    records: Type.Array(
      Type.Object({
        target: Type.String(),
        channel: Type.String(),
        verified: Type.Boolean(),
        recordId: Type.Union([Type.String(), Type.Null()]),
        createdAt: moment,
        expiresAt: moment,
      }),
    ),
    pagination: Type.Object({
      page: Type.Integer(),
      limit: Type.Integer(),
      total: Type.Integer(),
      pages: Type.Integer(),
    }),
  }),
  examples: {
    records: {
      records: [
        {
          target: 'user@example.com',
          channel: 'email',
          verified: true,
          recordId: 'order_12345',
          createdAt: '2025-07-13T10:25:00.000Z',
          expiresAt: '2025-07-13T10:30:00.000Z',
        },
      ],
      pagination: { page: 1, limit: 10, total: 25, pages: 3 },
    },
  },
}

export const statsQuery = Type.Object({
  dateFrom: Type.Optional(date('Start date (ISO string).')),
  dateTo: Type.Optional(date('End date (ISO string).')),
})

export const statsAnswer: AnswerSchema = {
  description: 'How many codes were sent, and how many were verified.',
  schema: Type.Object({
    total: Type.Integer(),
    verified: Type.Integer(),
    unverified: Type.Integer(),
    verificationRate: Type.String({ description: 'Percent, with two decimals.' }),
    byChannel: Type.Object({ email: Type.Integer(), whatsapp: Type.Integer() }),
  }),
  examples: {
    statistics: {
      total: 150,
      verified: 120,
      unverified: 30,
      verificationRate: '80.00',
      byChannel: { email: 100, whatsapp: 50 },
    },
  },
}

const tokenCount = Type.Union([Type.Integer(), Type.Null()])

export const tokenInfoAnswer: AnswerSchema = {
  description: 'The tokens of the project; without a limit `tokens` and `remainingTokens` are null.',
  schema: Type.Object({
    tokens: tokenCount,
    tokensUsed: Type.Integer(),
    remainingTokens: tokenCount,
    hasUnlimitedTokens: Type.Boolean(),
  }),
  examples: {
    limited: { tokens: 1000, tokensUsed: 250, remainingTokens: 750, hasUnlimitedTokens: false },
    unlimited: { tokens: null, tokensUsed: 250, remainingTokens: null, hasUnlimitedTokens: true },
  },
}

/** Every error of the dialect. Only a 5xx has a reference, which the log has too. */
export const errorBody: TObject = Type.Object({
  statusCode: Type.Integer(),
  message: Type.String(),
  reference: Type.Optional(Type.String()),
})

/** The documented answers of a route's errors. */
export const answersOf = createAnswersOf<keyof Messages>({
  schema: errorBody,
  renderExample: ({ status, message }) => ({ statusCode: status, message: messagesFor(null)[message] }),
})

/** The meanings of statuses that all routes share. */
export const meanings = {
  401: 'The key or the project is wrong.',
  429: 'A limit is reached; `Retry-After` gives the time to wait.',
} as const

/** Adds the headers that show what is left of the project's rate limit. */
export const withRateLimit = (answer: AnswerSchema): AnswerSchema => ({
  ...answer,
  headers: {
    'RateLimit-Policy': 'The limit of the project and its window in seconds.',
    RateLimit: 'What is left of the limit, and the seconds until it resets.',
  },
})
