import type { Project } from '../../domain/project.ts'
import type { ReadEnteredPhone } from '../../engine/accounts/read-entered-phone.ts'
import type { SignUpOutcome, SignUpWithProof } from '../../engine/sessions/sign-up-with-proof.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { readClaim } from './claim.ts'
import { issueErrorsOf, renderError, renderSuccess, unreadMobile, type WireError } from './envelope.ts'
import { mobileSignup } from './purposes.ts'
import { readFullName } from './read-fields.ts'
import { renderSession } from './render-session.ts'
import { answersOf, requestExamples, signupRequest, successes, tokenHeader } from './schemas.ts'

type Refusal = Extract<SignUpOutcome, { ok: false }>['refusal']

const refusals = {
  'not-verified': { status: 400, message: 'notVerified' },
  // Only a caller who has just proven the address gets this answer.
  'account-exists': { status: 400, message: 'accountExists' },
} as const satisfies Record<Refusal, WireError>

export type SignupParts = {
  loadProject: () => Promise<Project>
  readEnteredPhone: ReadEnteredPhone
  signUpWithProof: SignUpWithProof
}

/** Creates the account of a user who has verified; each verification works once. */
export const signupRoute = ({ loadProject, readEnteredPhone, signUpWithProof }: SignupParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/auth/otp/signup',
    access: 'public',
    summary: 'Complete Signup',
    description:
      'Spends a verification of type `signup` for the same mobile and e-mail, at most ten minutes old.',
    headers: tokenHeader,
    body: signupRequest,
    examples: requestExamples.signup,
    answers: {
      201: successes.signedUp,
      ...answersOf([refusals, issueErrorsOf(signupRequest)], {
        400: 'Nothing was verified, the account exists already, or a field is missing or wrong.',
      }),
    },
    async handle({ body, headers, caller, locale, languages }) {
      const project = await loadProject()
      const claim = await readClaim(
        { body, headers, caller },
        { project, purpose: mobileSignup, readEnteredPhone },
      )
      if (!claim.ok) return renderError(unreadMobile(claim.refusal, refusals['not-verified']), { locale })

      const outcome = await signUpWithProof({
        ...claim.claimant,
        purpose: mobileSignup,
        fullName: readFullName(body.fullName),
        label: body.device_name ?? null,
        locale: languages.asked,
      })
      if (!outcome.ok) return renderError(refusals[outcome.refusal], { locale })

      const { account, tokens } = outcome
      const data = renderSession(account, { tokens, mobile: body.mobile })
      return renderSuccess({ status: 201, message: 'signedUp', locale }, data)
    },
  })
