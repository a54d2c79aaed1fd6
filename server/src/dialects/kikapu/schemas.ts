import Type from 'typebox'
import { isCode } from '../../domain/code.ts'
import type { AnswerSchema } from '../../http/dialect.ts'
import { createAnswersOf } from '../../http/error-answers.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { optionalField } from '../../http/optional-field.ts'
import type { Messages } from './messages.ts'
import { messagesFor } from './messages.ts'
import { readLogin } from './read-fields.ts'

/*
 * The wire shapes of this dialect, with the examples of its document.
 */

const phoneNumber = (description: string) => Type.String({ description, examples: ['+255712345678'] })

const otp = Type.Refine(
  Type.String({ description: '5-digit One-Time Password', examples: ['12345'] }),
  isCode,
)

export const verifyOtpRequest = Type.Object({
  phoneNumber: phoneNumber("User's phone number with country code"),
  otp,
  business_id: optionalField(
    Type.Integer({
      description: 'Optional business ID for business accounts',
      // Beyond these, JSON parsing does not keep an integer exact.
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      examples: [123],
    }),
  ),
})

export const resendOtpRequest = Type.Object({
  phoneNumber: phoneNumber("User's phone number with country code"),
  ...messageLanguage,
})

/** Either `phoneNumber` or `username` is required; `phoneNumber` wins. */
export const agentLoginRequest = Type.Refine(
  Type.Object({
    phoneNumber: optionalField(phoneNumber("Agent's phone number")),
    username: optionalField(phoneNumber('Alternative to phoneNumber for Flutter apps')),
    password: Type.String({
      description: "Agent's password",
      minLength: 1,
      examples: ['securepassword'],
    }),
  }),
  (login) => readLogin(login) !== '',
)

export const requestExamples = {
  verifyOtp: {
    user: { phoneNumber: '+255712345678', otp: '12345' },
    business: { phoneNumber: '+255712345678', otp: '12345', business_id: 123 },
  },
  resendOtp: { user: { phoneNumber: '+255712345678' } },
  agentLogin: {
    phoneNumber: { phoneNumber: '+255712345678', password: 'securepassword' },
    username: { username: '+255712345678', password: 'securepassword' },
  },
}

const textOrNull = Type.Union([Type.String(), Type.Null()])

const person = {
  id: Type.Integer(),
  name: Type.String(),
  phoneNumber: Type.String({ description: 'As the caller wrote it.' }),
  email: textOrNull,
}

const tokens = { access_token: Type.String(), refresh_token: Type.String() }
const token = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9...'
const exampleUser = { id: 123, name: 'John Doe', phoneNumber: '+255712345678', email: 'john@example.com' }

export const verifiedAnswer: AnswerSchema = {
  description: 'The code was right and is spent. With `business_id` the answer includes the business.',
  // Two shapes, not one with optional fields: the serialiser would put those after `user`, unlike the document.
  schema: Type.Union([
    Type.Object({
      ...tokens,
      business: Type.Object({
        id: Type.Integer(),
        name: Type.String(),
        type: Type.String(),
        is_verified: Type.Boolean(),
      }),
      user: Type.Object(person),
    }),
    Type.Object({ ...tokens, user: Type.Object({ ...person, user_type: Type.String() }) }),
  ]),
  examples: {
    user: { access_token: token, refresh_token: token, user: { ...exampleUser, user_type: 'BUSINESS' } },
    business: {
      access_token: token,
      refresh_token: token,
      business: { id: 45, name: 'My Store', type: 'retailer', is_verified: true },
      user: exampleUser,
    },
  },
}

export const resentAnswer: AnswerSchema = {
  description: 'A new code is on its way; the previous one is no longer valid.',
  schema: Type.Object({ message: Type.String() }),
  examples: { resent: { message: 'OTP resent successfully' } },
}

export const agentAnswer: AnswerSchema = {
  description: 'The agent is logged in.',
  schema: Type.Object({
    success: Type.Literal(true),
    message: Type.String(),
    user: Type.Object({ ...person, agent_id: textOrNull, assigned_area: textOrNull }),
    token: Type.Object({ access: Type.String(), refresh: Type.String() }),
  }),
  examples: {
    agent: {
      success: true,
      message: 'Login successful',
      user: {
        id: 123,
        name: 'John Agent',
        phoneNumber: '+255712345678',
        email: 'agent@example.com',
        agent_id: 'AG12345',
        assigned_area: 'Central District',
      },
      token: { access: token, refresh: token },
    },
  },
}

/** The body of every error, of a route or around it. */
export const problemSchema = Type.Object({
  success: Type.Literal(false),
  message: Type.String(),
  reference: Type.Optional(Type.String({ description: 'In a 5xx only; the log has it too.' })),
})

/** The documented answers of a route's errors. */
export const answersOf = createAnswersOf<keyof Messages>({
  schema: problemSchema,
  renderExample: ({ message }) => ({ success: false, message: messagesFor(null)[message] }),
})

export const retryAfter = { 'Retry-After': 'Seconds until another request can succeed.' }
