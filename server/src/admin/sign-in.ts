import Type from 'typebox'
import { isCode, parseCode } from '../domain/code.ts'
import { parseEmailAddress } from '../domain/email-address.ts'
import { operatorSignIn, type SignIn, type SignInResult } from '../engine/operators/sign-in.ts'
import { type Answer, defineRoute, type Route } from '../http/dialect.ts'
import { setOperatorCookie } from '../http/operator-cookie.ts'
import { whyForged } from './access.ts'
import { badRequest, errorAnswer, nullable, renderError, sharedAnswers } from './answers.ts'
import { errors } from './errors.ts'
import { renderSession, sessionSchema } from './render-operators.ts'

export type SignInRouteParts = {
  signIn: SignIn
  /** Whether a carrier sends mail, without which nobody gets a code. */
  canMail: () => boolean
  /** The provider of OpenID Connect, where there is one. */
  openId: { name: string } | null
}

export const openIdPath = '/admin/v1/sign-in/open-id'

/** The routes that sign operators in: the first step. */
export const createSignInRoutes = (parts: SignInRouteParts): Route[] => [
  waysRoute(parts),
  linkRoute(parts),
  codeRoute(parts),
  verifyRoute(parts),
]

/** Only pages of ours sign in, or another site could sign a visitor in as somebody else. */
const onlySameOrigin: NonNullable<Route['admit']> = async (call) =>
  whyForged(call, { method: 'POST' }) ?? { ok: true, context: undefined }

const forgedAnswers = {
  403: errorAnswer('The request comes from another origin.', errors.otherOrigin),
  415: sharedAnswers[415],
}

const waitAnswer = {
  429: {
    ...errorAnswer('Too many attempts; `Retry-After` says when the next makes sense.', errors.tooManySignIns),
  },
}

/** What the routes that begin or complete a session answer. */
export const signInAnswers = {
  200: {
    description: 'The session, whose cookie is set. `second-factor`: the second step is missing.',
    schema: sessionSchema,
    headers: { 'Set-Cookie': 'The cookie of the session.' },
  },
  ...badRequest,
  401: errorAnswer('Wrong, expired, used, or of nobody: all the same.', errors.notAdmitted),
  ...forgedAnswers,
  ...waitAnswer,
}

/** Answers with the session and its cookie, or why there is none. */
export function renderSignIn(result: SignInResult): Answer {
  if (result.ok)
    return {
      status: 200,
      body: renderSession(result),
      headers: { 'set-cookie': setOperatorCookie(result.token.reveal()) },
    }
  if (result.refusal === 'not-admitted') return renderError(errors.notAdmitted)
  return renderWait(result.retryAfterSeconds)
}

const renderWait = (seconds: number | null): Answer => ({
  ...renderError(errors.tooManySignIns),
  headers: { 'retry-after': String(seconds ?? 60) },
})

const waysRoute = ({ canMail, openId }: SignInRouteParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/sign-in',
    access: 'public',
    summary: 'The ways to sign in',
    answers: {
      200: {
        description: '`code` is false where no carrier sends mail; `openId` is null without a provider.',
        schema: Type.Object({
          code: Type.Boolean(),
          openId: nullable(Type.Object({ name: Type.String(), url: Type.String() })),
        }),
        examples: { both: { code: true, openId: { name: 'Example Ltd', url: openIdPath } } },
      },
    },
    handle: async () => ({
      status: 200,
      body: { code: canMail(), openId: openId === null ? null : { name: openId.name, url: openIdPath } },
    }),
  })

const linkRoute = ({ signIn }: SignInRouteParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/sign-in/link',
    access: 'public',
    admit: onlySameOrigin,
    summary: 'Sign in with a link, once',
    body: Type.Object({
      token: Type.String({ maxLength: 100, description: 'From the fragment of the link.' }),
    }),
    examples: { link: { token: 'wwl_example' } },
    answers: signInAnswers,
    handle: async ({ body, caller }) => renderSignIn(await signIn.withLink(body.token, caller)),
  })

const emailField = Type.String({ maxLength: 400 })

const codeRoute = ({ signIn }: SignInRouteParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/sign-in/code',
    access: 'public',
    admit: onlySameOrigin,
    summary: 'Send an operator a code by e-mail',
    description: 'An address of nobody gets the same answer, and no mail.',
    body: Type.Object({ email: emailField }),
    examples: { operator: { email: 'ada@example.com' } },
    answers: {
      202: {
        description: 'Sent, if the address is that of an operator.',
        schema: Type.Object({ expiresInSeconds: Type.Integer(), digits: Type.Integer() }),
        examples: { sent: { expiresInSeconds: 600, digits: 6 } },
      },
      ...badRequest,
      ...forgedAnswers,
      ...waitAnswer,
    },
    async handle({ body, languages, caller }) {
      const email = parseEmailAddress(body.email)
      if (email === null) return renderError(errors.notEmail)
      const sent = await signIn.requestCode({ email, target: body.email, languages, caller })
      if (!sent.ok) return renderWait(sent.retryAfterSeconds)
      const { lifeSeconds: expiresInSeconds, digits } = operatorSignIn
      return { status: 202, body: { expiresInSeconds, digits } }
    },
  })

/** A code as it is typed. */
export const codeField = Type.Refine(
  Type.String({ examples: ['123456'] }),
  (text) => isCode(text),
  () => 'must be a code',
)

const verifyRoute = ({ signIn }: SignInRouteParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/sign-in/verify',
    access: 'public',
    admit: onlySameOrigin,
    summary: 'Sign in with the code from the mail',
    body: Type.Object({ email: emailField, code: codeField }),
    examples: { code: { email: 'ada@example.com', code: '123456' } },
    answers: signInAnswers,
    async handle({ body, caller }) {
      const email = parseEmailAddress(body.email)
      const code = parseCode(body.code, operatorSignIn.digits)
      if (email === null) return renderError(errors.notEmail)
      if (code === null) return renderError(errors.notAdmitted)
      return renderSignIn(await signIn.withCode({ email, code, caller }))
    },
  })
