import { parsePhoneNumber } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { PhoneCodeOutcome, RequestPhoneCode } from '../../engine/accounts/request-phone-code.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { paths, renderError, type WireError } from './envelope.ts'
import { messagesFor } from './messages.ts'
import { failure, requestExamples, resendOtpRequest, resentAnswer, retryAfter } from './schemas.ts'

type Refused = Extract<PhoneCodeOutcome, { ok: false }>

const refusals = {
  'unknown-account': { status: 404, message: 'unknownUser' },
  'delivery-failed': { status: 500, message: 'smsFailed' },
  'too-soon': { status: 400, message: 'resentTooSoon' },
  // The document knows no 429: every cap on a number, and a locked number too, is one more 400 that says when.
  'too-many-sends': { status: 400, message: 'tooManySends' },
  'address-locked': { status: 400, message: 'tooManySends' },
  'over-budget': { status: 400, message: 'tooManyRequests' },
  'destination-stopped': { status: 400, message: 'tooManyRequests' },
  'caller-refused': { status: 400, message: 'tooManyRequests' },
  'destination-refused': { status: 400, message: 'destinationRefused' },
  'work-required': { status: 400, message: 'workRequired' },
  // For who asked for too many unknown numbers, and for nobody else: see `answerTo`.
  'too-many-requests': { status: 429, message: 'tooManyRequests' },
  // What this dialect never asks for: conditions, tokens and idempotency keys.
  'live-code-exists': { status: 400, message: 'requestRefused' },
  'no-code-issued': { status: 400, message: 'requestRefused' },
  'out-of-tokens': { status: 400, message: 'requestRefused' },
  'idempotency-mismatch': { status: 400, message: 'requestRefused' },
  'idempotency-running': { status: 400, message: 'requestRefused' },
} as const satisfies Record<Refused['refusal'], WireError>

export type ResendOtpParts = { loadProject: () => Promise<Project>; requestPhoneCode: RequestPhoneCode }

/** Sends a code, whether or not one came before, and waits for the carrier's word. */
export const resendOtpRoute = ({ loadProject, requestPhoneCode }: ResendOtpParts): Route =>
  defineRoute({
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
      400: failure('Invalid input, OTP resent too soon, or too many for this number.', {
        messages: [
          'invalidInput',
          'resentTooSoon',
          'tooManySends',
          'tooManyRequests',
          'destinationRefused',
          'workRequired',
        ],
        headers: { 'Retry-After': 'When it was too soon or too many: seconds until a resend can succeed.' },
      }),
      404: failure('User not found', { messages: ['unknownUser'] }),
      429: failure('This caller has asked for too many unknown numbers.', {
        messages: ['tooManyRequests'],
        headers: retryAfter,
      }),
      500: failure('Every carrier refused the message.', { messages: ['smsFailed'] }),
    },
    async handle({ body, caller, locale, languages, reference }) {
      const project = await loadProject()
      const phone = parsePhoneNumber(body.phoneNumber, { region: project.settings.region })
      if (phone === null) return renderError({ status: 400, message: 'invalidInput' }, { locale })

      const outcome = await requestPhoneCode({
        project,
        phone,
        target: body.phoneNumber,
        languages,
        caller,
      })
      if (outcome.ok) return { status: 200, body: { message: messagesFor(locale).resent } }
      const { retryAfterSeconds } = outcome
      return renderError(answerTo(outcome), { locale, retryAfterSeconds, reference })
    },
  })

/** The caller's own cap on sends is a cap like the others; its usage tells it from the count of unknown numbers. */
function answerTo(outcome: Refused): WireError {
  const isSendCap = 'usage' in outcome && outcome.usage.some(({ remaining }) => remaining === 0)
  return outcome.refusal === 'too-many-requests' && isSendCap
    ? { status: 400, message: 'tooManyRequests' }
    : refusals[outcome.refusal]
}
