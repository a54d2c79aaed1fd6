import { parsePhoneNumber } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { RequestPhoneCode } from '../../engine/accounts/request-phone-code.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { invalidRequest, paths, renderError, type WireError } from './envelope.ts'
import { messagesFor } from './messages.ts'
import { createRequestLoginCode, type LoginCodeOutcome } from './request-login-code.ts'
import { answersOf, requestExamples, resendOtpRequest, resentAnswer, retryAfter } from './schemas.ts'

type Refusal = Extract<LoginCodeOutcome, { ok: false }>['refusal']

const refusals = {
  'unknown-account': { status: 404, message: 'unknownUser' },
  'delivery-failed': { status: 500, message: 'smsFailed' },
  'too-soon': { status: 400, message: 'resentTooSoon' },
  // The document has no 429, so caps on a number and locked numbers are 400, with `Retry-After`.
  'too-many-sends': { status: 400, message: 'tooManySends' },
  'address-locked': { status: 400, message: 'tooManySends' },
  'over-budget': { status: 400, message: 'tooManyRequests' },
  'destination-stopped': { status: 400, message: 'tooManyRequests' },
  'caller-refused': { status: 400, message: 'tooManyRequests' },
  'destination-refused': { status: 400, message: 'destinationRefused' },
  'work-required': { status: 400, message: 'workRequired' },
  'too-many-requests': { status: 400, message: 'tooManyRequests' },
  // The only 429, for a caller who asks for too many unknown numbers.
  'too-many-unknown-addresses': { status: 429, message: 'tooManyRequests' },
} as const satisfies Record<Refusal, WireError>

const invalid = invalidRequest[paths.resendOtp]

export type ResendOtpParts = { loadProject: () => Promise<Project>; requestPhoneCode: RequestPhoneCode }

/** Sends a code, also when none was sent before, and waits for the carrier's answer. */
export const resendOtpRoute = ({ loadProject, requestPhoneCode }: ResendOtpParts): Route => {
  const requestLoginCode = createRequestLoginCode(requestPhoneCode)
  return defineRoute({
    method: 'POST',
    path: paths.resendOtp,
    aliases: [paths.resendOtp.slice(0, -1)],
    access: 'public',
    summary: 'Resend OTP',
    description: "Resends a one-time password (OTP) to a user's phone number.",
    body: resendOtpRequest,
    examples: requestExamples.resendOtp,
    answers: {
      200: resentAnswer,
      ...answersOf([{ invalid }, refusals], {
        400: {
          description: 'Invalid input, OTP resent too soon, or too many for this number.',
          headers: { 'Retry-After': 'When it was too soon or too many: seconds until a resend can succeed.' },
        },
        404: 'User not found',
        429: { description: 'This caller has asked for too many unknown numbers.', headers: retryAfter },
        500: 'Every carrier refused the message.',
      }),
    },
    async handle({ body, caller, locale, languages, reference }) {
      const project = await loadProject()
      const phone = parsePhoneNumber(body.phoneNumber, { region: project.settings.region })
      if (phone === null) return renderError(invalid, { locale })

      const outcome = await requestLoginCode({
        project,
        phone,
        target: body.phoneNumber,
        languages,
        caller,
      })
      if (outcome.ok) return { status: 200, body: { message: messagesFor(locale).resent } }
      const { retryAfterSeconds } = outcome
      return renderError(refusals[outcome.refusal], { locale, retryAfterSeconds, reference })
    },
  })
}
