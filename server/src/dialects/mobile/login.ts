import type { Project } from '../../domain/project.ts'
import type { ReadEnteredPhone } from '../../engine/accounts/read-entered-phone.ts'
import type { LogInWithProof, ProofLoginOutcome } from '../../engine/sessions/log-in-with-proof.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { readClaim } from './claim.ts'
import { issueErrorsOf, renderError, renderSuccess, unreadMobile, type WireError } from './envelope.ts'
import { mobileLogin } from './purposes.ts'
import { renderSession } from './render-session.ts'
import { answersOf, loginRequest, requestExamples, successes, tokenHeader } from './schemas.ts'

type Refusal = Extract<ProofLoginOutcome, { ok: false }>['refusal']

const refusals = {
  'not-verified': { status: 400, message: 'notVerified' },
} as const satisfies Record<Refusal, WireError>

export type LoginParts = {
  loadProject: () => Promise<Project>
  readEnteredPhone: ReadEnteredPhone
  logInWithProof: LogInWithProof
}

/** Logs in a user who has verified; each verification works once. */
export const loginRoute = ({ loadProject, readEnteredPhone, logInWithProof }: LoginParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/auth/otp/login',
    access: 'public',
    summary: 'Complete Login',
    description:
      'Spends a verification of type `login` for the same mobile and e-mail, at most two minutes old.',
    headers: tokenHeader,
    body: loginRequest,
    examples: requestExamples.login,
    answers: {
      200: successes.loggedIn,
      ...answersOf([refusals, issueErrorsOf(loginRequest)], {
        400: 'Nothing was verified, or a field is missing or wrong.',
      }),
    },
    async handle({ body, headers, caller, locale }) {
      const project = await loadProject()
      const claim = await readClaim(
        { body, headers, caller },
        { project, purpose: mobileLogin, readEnteredPhone },
      )
      if (!claim.ok) return renderError(unreadMobile(claim.refusal, refusals['not-verified']), { locale })

      const outcome = await logInWithProof({
        ...claim.claimant,
        purpose: mobileLogin,
        label: body.device_name ?? null,
      })
      if (!outcome.ok) return renderError(refusals[outcome.refusal], { locale })

      const { account, tokens } = outcome
      const data = renderSession(account, { tokens, mobile: body.mobile })
      return renderSuccess({ status: 200, message: 'loggedIn', locale }, data)
    },
  })
