import Type from 'typebox'
import { parseCode } from '../domain/code.ts'
import { totpDigits } from '../domain/totp.ts'
import { parseRecoveryCode } from '../engine/operators/recovery-codes.ts'
import type { SecondFactorSignIn } from '../engine/operators/second-factor-sign-in.ts'
import type { OpenOperatorSession } from '../engine/ports/operator-sessions.ts'
import { defineRoute, type Route } from '../http/dialect.ts'
import type { Access } from './access.ts'
import { errorAnswer, renderError, sharedAnswers } from './answers.ts'
import { errors } from './errors.ts'
import { codeField, renderSignIn, signInAnswers } from './sign-in.ts'

export type SecondFactorRouteParts = { secondFactorSignIn: SecondFactorSignIn; access: Access }

const path = '/admin/v1/sign-in/second-factor'

/** The routes of the second step, for sessions that miss it. */
export function createSecondFactorRoutes({ secondFactorSignIn, access }: SecondFactorRouteParts): Route[] {
  const shared = { method: 'POST', access: 'cookie', admit: access.toSecondFactor } as const
  return [
    defineRoute<typeof codeBody, never, OpenOperatorSession>({
      ...shared,
      path: `${path}/totp`,
      summary: 'Give the code of an authenticator app',
      body: codeBody,
      examples: { code: { code: '123456' } },
      answers: signInAnswers,
      async handle({ body }, { session }) {
        const code = parseCode(body.code, totpDigits)
        if (code === null) return renderError(errors.notAdmitted)
        return renderSignIn(await secondFactorSignIn.withTotp(session, code))
      },
    }),
    defineRoute<typeof recoveryBody, never, OpenOperatorSession>({
      ...shared,
      path: `${path}/recovery-code`,
      summary: 'Give a recovery code, which is spent',
      body: recoveryBody,
      examples: { code: { code: 'ABCD-EFGH-IJKL-MNOP' } },
      answers: signInAnswers,
      async handle({ body }, { session }) {
        const code = parseRecoveryCode(body.code)
        if (code === null) return renderError(errors.notAdmitted)
        return renderSignIn(await secondFactorSignIn.withRecoveryCode(session, code))
      },
    }),
    defineRoute<never, never, OpenOperatorSession>({
      ...shared,
      path: `${path}/passkey/options`,
      summary: 'What the browser asks a passkey',
      answers: {
        200: {
          description: 'PublicKeyCredentialRequestOptionsJSON of Web Authentication.',
          schema: Type.Object({}, { additionalProperties: true }),
          examples: { options: { challenge: 'AAAA', rpId: 'otp.example.com', allowCredentials: [] } },
        },
        ...sharedAnswers,
        401: errorAnswer('No session that misses its second factor.', errors.signInNeeded),
      },
      handle: async (_, { session }) => ({ status: 200, body: await secondFactorSignIn.askPasskey(session) }),
    }),
    defineRoute<typeof passkeyBody, never, OpenOperatorSession>({
      ...shared,
      path: `${path}/passkey`,
      summary: 'Give the answer of a passkey',
      body: passkeyBody,
      examples: { passkey: { response: { id: 'AAAA', type: 'public-key' } } },
      answers: signInAnswers,
      handle: async ({ body }, { session }) =>
        renderSignIn(await secondFactorSignIn.withPasskey(session, body.response)),
    }),
  ]
}

const codeBody = Type.Object({ code: codeField })
const recoveryBody = Type.Object({ code: Type.String({ maxLength: 64 }) })
const passkeyBody = Type.Object({
  response: Type.Unknown({ description: 'AuthenticationResponseJSON of Web Authentication.' }),
})
