import Type, { type TSchema } from 'typebox'
import { parseCallingCode, parseEmailAddress } from '../../domain/address.ts'
import { isCode } from '../../domain/code.ts'
import type { AnswerSchema } from '../../http/dialect.ts'
import { createAnswersOf } from '../../http/error-answers.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { optionalField } from '../../http/optional-field.ts'
import { type Messages, messagesFor } from './messages.ts'
import { readFullName } from './read-fields.ts'
import { defaultRole } from './render-session.ts'

/*
 * The wire shapes of this dialect, with the examples of its document.
 */

const type = Type.Union([Type.Literal('signup'), Type.Literal('login'), Type.Literal('verification')], {
  description: 'What the code is for.',
})
const mobile = Type.String({
  description: 'The mobile number, national or with `+`.',
  examples: ['9175113022'],
})
const email = optionalField(
  Type.Refine(
    Type.String({
      description: 'The address that the code is sent to. Without it the code is sent to the mobile by SMS.',
      examples: ['user@example.com'],
    }),
    (text) => parseEmailAddress(text) !== null,
  ),
)
const countryCode = optionalField(
  Type.Refine(
    Type.String({
      description: "The calling code of a national number; optional for the project's own region.",
      examples: ['+91'],
    }),
    (text) => parseCallingCode(text) !== null,
  ),
)
const fullName = Type.Refine(
  Type.String({ description: '1 to 100 characters without control characters.', examples: ['John Doe'] }),
  (text) => readFullName(text) !== null,
)
const otp = Type.Refine(
  Type.String({
    description: 'The digits that were sent: six, unless the project sets another length.',
    examples: ['123456'],
  }),
  isCode,
)
const proof = {
  device_name: optionalField(Type.String({ description: 'Labels the session.', examples: ['iPhone 13'] })),
  verificationToken: optionalField(
    Type.String({
      description: 'The token from `verify`; the header `x-verification-token` may carry it instead.',
    }),
  ),
}

export const sendRequest = Type.Object({
  mobile,
  email,
  countryCode,
  type,
  fullName: optionalField(fullName),
  ...messageLanguage,
})
export const verifyRequest = Type.Object({ mobile, email, countryCode, otp, type })
export const signupRequest = Type.Object({
  mobile,
  email,
  fullName,
  countryCode,
  ...proof,
  ...messageLanguage,
})
export const loginRequest = Type.Object({ mobile, email, countryCode, ...proof })

export const tokenHeader = Type.Object({
  'x-verification-token': Type.Optional(Type.String({ description: 'The token from `verify`.' })),
})

const mobileAndEmail = { mobile: '9175113022', email: 'user@example.com' }
const signup = { ...mobileAndEmail, fullName: 'John Doe', countryCode: '+91', device_name: 'iPhone 13' }
const login = { ...mobileAndEmail, device_name: 'iPhone 13' }

export const requestExamples = {
  send: {
    email: { ...mobileAndEmail, countryCode: '+91', type: 'signup', fullName: 'John Doe' },
    sms: { mobile: '9175113022', countryCode: '+91', type: 'login' },
  },
  verify: { email: { ...mobileAndEmail, otp: '123456', type: 'signup' } },
  signup: { signup },
  login: { login },
}

const textOrNull = Type.Union([Type.String(), Type.Null()])
const timestamp = Type.String({ format: 'date-time' })

const sentData = Type.Object({
  type,
  channel: Type.Union([Type.Literal('email'), Type.Literal('sms')]),
  mobile: Type.String({ description: 'As the caller wrote it.' }),
  countryCode: textOrNull,
  email: textOrNull,
  expiresIn: Type.Integer({ description: 'The life of the code in seconds.' }),
})

const verifiedData = Type.Object({
  mobile: Type.String(),
  email: textOrNull,
  type,
  verified: Type.Literal(true),
  verificationToken: Type.String({
    description: 'Spends this verification once, from any network.',
  }),
})

const sessionData = Type.Object({
  user: Type.Object({
    id: Type.Integer(),
    mobile: Type.String({ description: 'As the caller wrote it.' }),
    email: textOrNull,
    fullName: textOrNull,
    roleId: Type.Integer(),
    roleSlug: Type.String(),
    isActive: Type.Boolean(),
  }),
  tokens: Type.Object({ accessToken: Type.String(), refreshToken: Type.String() }),
})

const token = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...'
const exampleSession = {
  user: { id: 123, ...mobileAndEmail, fullName: 'John Doe', ...defaultRole, isActive: true },
  tokens: { accessToken: token, refreshToken: token },
}

const success = (
  description: string,
  {
    message,
    data,
    example,
  }: { message: keyof Messages; data: TSchema; example: [time: string, data: unknown] },
): AnswerSchema => ({
  description,
  schema: Type.Object({ success: Type.Literal(true), message: Type.String(), data, timestamp }),
  examples: {
    document: { success: true, message: messagesFor(null)[message], data: example[1], timestamp: example[0] },
  },
})

export const successes = {
  sent: success('A code is on its way, if the account exists.', {
    message: 'sent',
    data: sentData,
    example: [
      '2024-01-15T10:30:00.000Z',
      {
        type: 'signup',
        channel: 'email',
        mobile: '9175113022',
        countryCode: '+91',
        email: 'user@example.com',
        expiresIn: 600,
      },
    ],
  }),
  verified: success('The code was right and is spent.', {
    message: 'verified',
    data: verifiedData,
    example: [
      '2024-01-15T10:35:00.000Z',
      { ...mobileAndEmail, type: 'signup', verified: true, verificationToken: 'wwv_4n7…' },
    ],
  }),
  signedUp: success('The account is created and logged in.', {
    message: 'signedUp',
    data: sessionData,
    example: ['2024-01-15T10:40:00.000Z', exampleSession],
  }),
  loggedIn: success('Logged in.', {
    message: 'loggedIn',
    data: sessionData,
    example: ['2024-01-15T10:45:00.000Z', exampleSession],
  }),
}

/** The body of every error, of a route or around it. */
export const problemSchema = Type.Object({
  success: Type.Literal(false),
  message: Type.String(),
  data: Type.Union([
    Type.Null(),
    Type.Object({ reference: Type.String({ description: 'In a 5xx only; the log has it too.' }) }),
  ]),
  timestamp,
})

/** The documented answers of a route's errors. */
export const answersOf = createAnswersOf<keyof Messages>({
  schema: problemSchema,
  renderExample: ({ message }) => ({
    success: false,
    message: messagesFor(null)[message],
    data: null,
    timestamp: '2024-01-15T10:30:00.000Z',
  }),
})

/** The documented 429. */
export const tooMany = {
  description: 'A limit is reached.',
  headers: { 'Retry-After': 'Seconds until another request can succeed.' },
}
