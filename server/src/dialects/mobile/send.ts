import { parsePhoneNumber } from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { Project } from '../../domain/project.ts'
import type { RequestPairCode } from '../../engine/accounts/request-pair-code.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { issueErrorsOf, renderError, renderSuccess, type WireError } from './envelope.ts'
import { readEmail, readPurpose } from './read-fields.ts'
import { answersOf, requestExamples, sendRequest, successes, tooMany } from './schemas.ts'

type Refusal = Extract<Awaited<ReturnType<RequestPairCode>>, { ok: false }>['refusal']

/** The lock of an address looks like any cap; an address without an account has the same ones (S7). */
const refusals = {
  'too-many-sends': { status: 429, message: 'tooManySends' },
  'too-soon': { status: 429, message: 'tooManySends' },
  'address-locked': { status: 429, message: 'tooManySends' },
  'too-many-requests': { status: 429, message: 'tooManySends' },
  'over-budget': { status: 429, message: 'tooManySends' },
  'destination-stopped': { status: 429, message: 'tooManySends' },
  'caller-refused': { status: 429, message: 'tooManySends' },
  'destination-refused': { status: 400, message: 'destinationRefused' },
  'work-required': { status: 400, message: 'workRequired' },
} as const satisfies Record<Refusal, WireError>

const targetErrors = {
  'not-phone': { status: 400, message: 'invalidMobile' },
  'no-country': { status: 400, message: 'countryCodeRequired' },
} as const satisfies Record<string, WireError>

export type SendParts = { loadProject: () => Promise<Project>; requestPairCode: RequestPairCode }

/** Sends a code. The answer does not reveal whether the account exists. */
export const sendRoute = ({ loadProject, requestPairCode }: SendParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/auth/otp/send',
    access: 'public',
    summary: 'Send OTP',
    description: 'Sends the code to `email`, or without one to the mobile by SMS.',
    body: sendRequest,
    examples: requestExamples.send,
    answers: {
      200: successes.sent,
      ...answersOf([issueErrorsOf(sendRequest), targetErrors, refusals], {
        400: 'A field is missing or wrong.',
        429: tooMany,
      }),
    },
    async handle({ body, caller, locale, languages }) {
      const project = await loadProject()
      const { region } = project.settings
      const countryCode = body.countryCode ?? null
      const phone = parsePhoneNumber(body.mobile, { countryCode, region })
      if (phone === null) {
        const isCountryMissing = parsePhoneNumber(body.mobile, { countryCode: '1' }) !== null
        const isNational = isCountryMissing && countryCode === null && region === null
        return renderError(targetErrors[isNational ? 'no-country' : 'not-phone'], { locale })
      }

      const email = readEmail(body.email)
      const outcome = await requestPairCode({
        project,
        purpose: readPurpose(body.type),
        phone,
        email,
        target: body.mobile,
        languages,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderError(refusals[outcome.refusal], { locale, retryAfterSeconds })
      }
      return renderSuccess(
        { status: 200, message: 'sent', locale },
        {
          type: body.type,
          channel: email === null ? 'sms' : 'email',
          mobile: body.mobile,
          countryCode,
          email: body.email ?? null,
          expiresIn: lifeSeconds(outcome.challenge),
        },
      )
    },
  })

const lifeSeconds = ({ createdAt, expiresAt }: Challenge): number =>
  Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000)
