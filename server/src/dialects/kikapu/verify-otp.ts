import { parsePhoneNumber } from '../../domain/address.ts'
import type { Project } from '../../domain/project.ts'
import type { LogInByPhone, PhoneLoginOutcome } from '../../engine/sessions/log-in-by-phone.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { invalidRequest, paths, renderError, type WireError } from './envelope.ts'
import { kikapuLogin, phoneLoginTypes } from './purposes.ts'
import { readOtp } from './read-fields.ts'
import { renderBusiness, renderPerson } from './render-person.ts'
import { answersOf, requestExamples, retryAfter, verifiedAnswer, verifyOtpRequest } from './schemas.ts'

type Refusal = Extract<PhoneLoginOutcome, { ok: false }>['refusal']

const refusals = {
  'unknown-account': { status: 404, message: 'unknownUser' },
  // Only the right code gets this answer, which does not spend the code.
  'unknown-business': { status: 404, message: 'unknownBusiness' },
  // One answer for every refused code, so that nobody learns how close an attempt was (V7).
  unknown: { status: 401, message: 'codeRefused' },
  used: { status: 401, message: 'codeRefused' },
  expired: { status: 401, message: 'codeRefused' },
  locked: { status: 401, message: 'codeRefused' },
  mismatch: { status: 401, message: 'codeRefused' },
  'too-many-requests': { status: 429, message: 'tooManyRequests' },
  'too-many-unknown-addresses': { status: 429, message: 'tooManyRequests' },
} as const satisfies Record<Refusal, WireError>

const invalid = invalidRequest[paths.verifyOtp]

export type VerifyOtpParts = { loadProject: () => Promise<Project>; logInByPhone: LogInByPhone }

/** Logs a user in with a code that was sent by SMS. */
export const verifyOtpRoute = ({ loadProject, logInByPhone }: VerifyOtpParts): Route =>
  defineRoute({
    method: 'POST',
    path: paths.verifyOtp,
    aliases: [paths.verifyOtp.slice(0, -1)],
    access: 'public',
    summary: 'Verify OTP',
    description: "Verifies a one-time password (OTP) sent to a user's phone number for authentication.",
    body: verifyOtpRequest,
    examples: requestExamples.verifyOtp,
    answers: {
      200: verifiedAnswer,
      ...answersOf([{ invalid }, refusals], {
        400: 'A field is missing or wrong.',
        401: 'OTP expired or invalid',
        404: 'Nobody has the number, or the user does not belong to the business.',
        429: { description: 'Too many wrong codes or unknown numbers.', headers: retryAfter },
      }),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject()
      const phone = parsePhoneNumber(body.phoneNumber, { region: project.settings.region })
      const code = readOtp(body.otp, project)
      if (phone === null || code === null) return renderError(invalid, { locale })

      const businessId = body.business_id ?? null
      const outcome = await logInByPhone({
        project,
        purpose: kikapuLogin,
        types: phoneLoginTypes,
        phone,
        code,
        businessId,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderError(refusals[outcome.refusal], { locale, retryAfterSeconds })
      }

      const { account, business, tokens } = outcome
      const person = renderPerson(account, body.phoneNumber)
      return {
        status: 200,
        body: {
          access_token: tokens.accessToken.reveal(),
          refresh_token: tokens.refreshToken.reveal(),
          ...(business === null
            ? { user: { ...person, user_type: account.type } }
            : { business: renderBusiness(business), user: person }),
        },
      }
    },
  })
