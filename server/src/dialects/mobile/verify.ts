import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { Project } from '../../domain/project.ts'
import type { ReadEnteredPhone } from '../../engine/accounts/read-entered-phone.ts'
import type { VerifyPairCode } from '../../engine/accounts/verify-pair-code.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { issueErrorsOf, renderError, renderSuccess, unreadMobile, type WireError } from './envelope.ts'
import { readEmail, readOtp, readPurpose } from './read-fields.ts'
import { answersOf, requestExamples, successes, tooMany, verifyRequest } from './schemas.ts'

/** One answer for every refused code, so that nobody learns how close an attempt was (V7). */
const refusals = {
  unknown: { status: 400, message: 'invalidOtp' },
  used: { status: 400, message: 'invalidOtp' },
  expired: { status: 400, message: 'invalidOtp' },
  locked: { status: 400, message: 'invalidOtp' },
  mismatch: { status: 400, message: 'invalidOtp' },
  'too-many-requests': { status: 429, message: 'tooManyRequests' },
} as const satisfies Record<CheckRefusal, WireError>

export type VerifyParts = {
  loadProject: () => Promise<Project>
  readEnteredPhone: ReadEnteredPhone
  verifyPairCode: VerifyPairCode
}

/** Spends a code, and keeps its proof for the sign-up or login that follows. */
export const verifyRoute = ({ loadProject, readEnteredPhone, verifyPairCode }: VerifyParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/auth/otp/verify',
    access: 'public',
    summary: 'Verify OTP',
    description: 'Needs the same `mobile`, `email` and `type` as the request that sent the code.',
    body: verifyRequest,
    examples: requestExamples.verify,
    answers: {
      200: successes.verified,
      ...answersOf([refusals, issueErrorsOf(verifyRequest)], {
        400: 'The code is invalid, or a field is missing or wrong.',
        429: tooMany,
      }),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject()
      const { mobile, type } = body
      const countryCode = body.countryCode ?? null
      const purpose = readPurpose(type)
      const email = readEmail(body.email)
      const code = readOtp(body.otp, purpose, project)
      if (code === null) return renderError(refusals.mismatch, { locale })
      const read = await readEnteredPhone({ project, purpose, entered: mobile, countryCode, email })
      if (!read.ok) return renderError(unreadMobile(read.refusal, refusals.unknown), { locale })

      const outcome = await verifyPairCode({ project, purpose, phone: read.phone, email, code, caller })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderError(refusals[outcome.refusal], { locale, retryAfterSeconds })
      }
      return renderSuccess(
        { status: 200, message: 'verified', locale },
        {
          mobile,
          email: body.email ?? null,
          type,
          verified: true,
          verificationToken: outcome.verificationToken.reveal(),
        },
      )
    },
  })
