import Type, { type TSchema } from 'typebox'
import { parseEmailAddress } from '../../domain/address.ts'
import { isCode } from '../../domain/code.ts'
import { judgePassword, passwordLengthMax, passwordLengthMin } from '../../domain/password.ts'
import type { AnswerSchema } from '../../http/dialect.ts'
import { createAnswersOf } from '../../http/error-answers.ts'
import { passwordMessage } from './envelope.ts'
import { type FieldMessage, type Message, messagesFor } from './messages.ts'
import { isBlank, parseName } from './read-fields.ts'

/*
 * The wire shapes of this dialect, with the examples of its document. The schemas hold the rules of the fields, as
 * refinements that name their message, so that one pass over a request finds every issue.
 */

const withMessage = (message: FieldMessage) => () => message
const noOwner = { email: null, firstName: null, lastName: null, fullName: null }
const noPasswords: ReadonlySet<string> = new Set()

/** What is wrong with a new password regardless of its owner; the engine judges the rest. */
const judgeNewPassword = (text: string) => judgePassword(text, noOwner, noPasswords)

export const emailField = Type.Refine(
  Type.String({
    description: 'An e-mail address; it is trimmed and lower-cased first.',
    examples: ['user@example.com'],
  }),
  (text) => parseEmailAddress(text) !== null,
  withMessage('emailWrong'),
)

export const codeField = Type.Refine(
  Type.String({
    description: 'The digits that came by e-mail: six, unless the project sets another length.',
    examples: ['123456'],
  }),
  isCode,
  withMessage('codeWrong'),
)

export const nameField = Type.Refine(
  Type.String({ description: 'One to 100 characters on one line.', examples: ['John'] }),
  (text) => parseName(text) !== null,
  withMessage('nameWrong'),
)

/** Many people have one name, and forms then send an empty second one. */
export const lastNameField = Type.Refine(
  Type.String({
    description: 'One line of at most 100 characters; empty for who has one name.',
    examples: ['Doe'],
  }),
  (text) => isBlank(text) || parseName(text) !== null,
  withMessage('nameWrong'),
)

export const newPasswordField = Type.Refine(
  Type.String({
    description: `${passwordLengthMin} to ${passwordLengthMax} characters of any kind.`,
    examples: ['your_password'],
  }),
  (text) => judgeNewPassword(text) === null,
  (text) => passwordMessage(judgeNewPassword(text) ?? 'unreadable'),
)

export const purposeField = Type.Union(
  [Type.Literal('ACCOUNT_VERIFICATION'), Type.Literal('LOGIN_CONFIRMATION'), Type.Literal('FORGOT_PASSWORD')],
  { description: 'What the code is for.', examples: ['ACCOUNT_VERIFICATION'] },
)

/** A password or token that is only compared, so that the rules for new ones do not apply. */
export const secretField = (example: string) => Type.String({ minLength: 1, examples: [example] })

const userSchema = Type.Object({
  id: Type.Integer({ examples: [1] }),
  email: Type.Union([Type.String(), Type.Null()], { examples: ['user@example.com'] }),
  firstname: Type.Union([Type.String(), Type.Null()], { examples: ['John'] }),
  lastname: Type.Union([Type.String(), Type.Null()], { examples: ['Doe'] }),
  isVerified: Type.Boolean({ examples: [true] }),
  createdAt: Type.String({ format: 'date-time', examples: ['2025-07-13T10:30:00.000Z'] }),
})

const tokenMembers = {
  accessToken: Type.String({ examples: ['your_access_token'] }),
  refreshToken: Type.String({ examples: ['your_refresh_token'] }),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'The life of the access token in seconds.', examples: [600] }),
}

const email = Type.String({ examples: ['user@example.com'] })
const expiresIn = Type.Integer({ description: 'The life of the code in seconds.', examples: [600] })

export const dataSchemas = {
  sent: Type.Object({ email, expiresIn }),
  sentFor: Type.Object({ email, purpose: purposeField, expiresIn }),
  user: Type.Object({ user: userSchema }),
  login: Type.Object({ ...tokenMembers, user: userSchema }),
  tokens: Type.Object(tokenMembers),
  valid: Type.Object({ valid: Type.Literal(true), purpose: purposeField }),
  nothing: Type.Null(),
}

/** The answer to a successful request, with the message of its route. */
export const success = (description: string, message: Message, data: TSchema): AnswerSchema => ({
  description,
  schema: Type.Object({
    status: Type.Literal('success'),
    message: Type.String({ examples: [messagesFor(null)[message]] }),
    data,
  }),
})

const errorsSchema = Type.Object({
  errors: Type.Array(Type.Object({ field: Type.String(), message: Type.String() })),
})

const refusalSchema = Type.Object({
  status: Type.Literal('error'),
  message: Type.String(),
  data: Type.Union([Type.Null(), errorsSchema]),
})

/** The documented answers of a route's errors. */
export const answersOf = createAnswersOf<Message>({
  schema: refusalSchema,
  renderExample: ({ message }) => ({ status: 'error', message: messagesFor(null)[message], data: null }),
})

/** The 400 of a route that answers 400 for wrong fields only. */
export const invalidAnswer: AnswerSchema = {
  description: 'A field is missing or wrong; `data.errors` names every one.',
  schema: refusalSchema,
}

/** The meanings of statuses that several routes share. */
export const meanings = {
  send: { 400: invalidAnswer.description, 429: 'A limit is reached.' },
  code: {
    400: 'The code is wrong, expired, used or locked, or was never issued; or a field is wrong.',
    429: 'A limit is reached.',
  },
  access: {
    401: {
      description: 'No access token, or an invalid one.',
      headers: { 'WWW-Authenticate': 'The expected scheme.' },
    },
  },
} as const

/** The body of every problem around a route. */
export const problemSchema = Type.Object({
  status: Type.Literal('error'),
  message: Type.String(),
  data: Type.Union([Type.Null(), errorsSchema, Type.Object({ reference: Type.String() })]),
})
