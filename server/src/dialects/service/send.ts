import { createHash } from 'node:crypto'
import type { Static } from 'typebox'
import {
  type Address,
  isNationalSpelling,
  parseEmailAddress,
  parsePhoneNumber,
} from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { Project } from '../../domain/project.ts'
import type { SendCode, SendCodeRefusal } from '../../engine/codes/send-code.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import { isCallingCode, readCountryCode } from './country-code.ts'
import { issueErrorsOf, renderError, renderRateLimit, renderRefusal, type WireError } from './envelope.ts'
import { messagesFor } from './messages.ts'
import { type AdmitProject, accessErrors } from './project-access.ts'
import { serviceCode } from './purposes.ts'
import {
  answersOf,
  meanings,
  sendAnswer,
  sendBody,
  sendExamples,
  sendHeaders,
  withRateLimit,
} from './schemas.ts'

/** The options of a send that this dialect uses. */
type SendOption = 'idempotency' | 'spendsToken'

const refusals = {
  'out-of-tokens': { status: 400, message: 'insufficientTokens' },
  'too-many-requests': { status: 429, message: 'rateLimited' },
  'too-many-sends': { status: 429, message: 'tooManySends' },
  'too-soon': { status: 429, message: 'tooSoon' },
  'address-locked': { status: 429, message: 'targetLocked' },
  'over-budget': { status: 429, message: 'overBudget' },
  'destination-stopped': { status: 429, message: 'destinationStopped' },
  'destination-refused': { status: 400, message: 'destinationRefused' },
  'idempotency-mismatch': { status: 422, message: 'idempotencyMismatch' },
  'idempotency-running': { status: 409, message: 'idempotencyRunning' },
} as const satisfies Record<SendCodeRefusal<SendOption>, WireError>

/** The errors of a target that does not fit its channel. */
const targetErrors = {
  'no-country': { status: 400, message: 'countryCodeRequired' },
  'not-email': { status: 400, message: 'invalidEmail' },
  'not-phone': { status: 400, message: 'invalidPhone' },
  'not-country': { status: 400, message: 'invalidCountryCode' },
} as const satisfies Record<string, WireError>

type TargetIssue = keyof typeof targetErrors

/** `POST /api/v1/otp/send`. */
export const sendRoute = ({ admit, sendCode }: { admit: AdmitProject; sendCode: SendCode }): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/v1/otp/send',
    access: 'api-key',
    summary: 'Generate and send an OTP to a target recipient',
    description:
      'Spends one token of the project. Undeclared fields are ignored: a caller cannot choose the code.',
    body: sendBody,
    headers: sendHeaders,
    examples: sendExamples,
    answers: {
      201: withRateLimit(sendAnswer),
      ...answersOf([accessErrors, refusals, targetErrors, issueErrorsOf(sendBody, sendHeaders)], {
        ...meanings,
        400: 'A field is wrong, or the project has no token left.',
        409: 'The same send is still running.',
        422: 'The idempotency key belongs to another send.',
      }),
    },
    admit,
    handle: (call, { project, key }) => send({ sendCode, project, apiKeyId: key.id, call }),
  })

type Body = Static<typeof sendBody>

async function send({
  sendCode,
  project,
  apiKeyId,
  call,
}: {
  sendCode: SendCode
  project: Project
  apiKeyId: string
  call: Call<Body>
}): Promise<Answer> {
  const { body, locale, languages, headers } = call
  const destination = parseDestination(body, project)
  if (!destination.ok) return renderError(targetErrors[destination.issue], locale)

  const { address } = destination
  const { target, channel, recordId = null } = body
  const key = headers['idempotency-key']
  const outcome = await sendCode<SendOption>({
    project,
    purpose: serviceCode,
    channel,
    address,
    target,
    recordId,
    content: 'code',
    languages,
    caller: null,
    apiKeyId,
    spendsToken: true,
    idempotency: typeof key === 'string' ? { key, bodyDigest: digest([channel, address, recordId]) } : null,
  })
  if (!outcome.ok) return renderRefusal(refusals[outcome.refusal], outcome, locale)
  return { ...renderSent(outcome.challenge, locale), headers: renderRateLimit(outcome.usage) }
}

/** Rendered from the challenge alone, so that a repeated send gets the first answer even if something changed since. */
const renderSent = ({ id, createdAt, expiresAt }: Challenge, locale: Call['locale']): Answer => ({
  status: 201,
  body: {
    message: messagesFor(locale).sent,
    expiresIn: Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000),
    recordId: id,
  },
})

type Destination = { ok: true; address: Address } | { ok: false; issue: TargetIssue }

function parseDestination(body: Body, { settings }: Project): Destination {
  const { target, channel } = body
  const refuse = (issue: TargetIssue): Destination => ({ ok: false, issue })
  if (channel === 'email') {
    const email = parseEmailAddress(target)
    return email === null ? refuse('not-email') : { ok: true, address: email }
  }

  const countryCode = readCountryCode(body)
  if (countryCode !== null && !isCallingCode(countryCode)) return refuse('not-country')
  const phone = parsePhoneNumber(target, { countryCode, region: settings.region })
  if (phone !== null) return { ok: true, address: phone }
  const lacksCountry = countryCode === null && settings.region === null && isNationalSpelling(target)
  return refuse(lacksCountry ? 'no-country' : 'not-phone')
}

const digest = (parts: (string | null)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')
