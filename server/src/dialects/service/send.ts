import { createHash } from 'node:crypto'
import {
  type Address,
  asciiDigits,
  isNationalSpelling,
  parseEmailAddress,
  parsePhoneNumber,
} from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { Project } from '../../domain/project.ts'
import type { SendCode, SendCodeRefusal } from '../../engine/codes/send-code.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import { renderError, renderRateLimit, renderRefusal, type WireError } from './envelope.ts'
import { type Messages, messagesFor } from './messages.ts'
import type { ProjectAccess } from './project-access.ts'
import {
  errorAnswer,
  sendAnswer,
  sendBody,
  sendExamples,
  sendHeaders,
  sharedAnswers,
  withRateLimit,
} from './schemas.ts'

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
  // These two are for callers without a key, which this dialect does not have.
  'caller-refused': { status: 429, message: 'rateLimited' },
  'work-required': { status: 400, message: 'invalidRequest' },
  // These two answer conditions that this dialect never sets.
  'live-code-exists': { status: 409, message: 'liveCodeExists' },
  'no-code-issued': { status: 409, message: 'unknown' },
} as const satisfies Record<SendCodeRefusal, WireError>

/** `POST /api/v1/otp/send`. */
export const sendRoute = ({ access, sendCode }: { access: ProjectAccess; sendCode: SendCode }): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/v1/otp/send',
    access: 'api-key',
    summary: 'Generate and send an OTP to a target recipient',
    description:
      'Spends one token of the project. Only what is declared here is read: a code cannot be chosen.',
    body: sendBody,
    headers: sendHeaders,
    examples: sendExamples,
    answers: {
      201: withRateLimit(sendAnswer),
      400: errorAnswer(400, 'A field is wrong, or the project has no token left.', [
        'insufficientTokens',
        'destinationRefused',
        'countryCodeRequired',
        'invalidEmail',
        'invalidPhone',
        'invalidCountryCode',
      ]),
      ...sharedAnswers,
      409: errorAnswer(409, 'The same send is still running.', ['idempotencyRunning']),
      422: errorAnswer(422, 'The idempotency key belongs to another send.', ['idempotencyMismatch']),
      429: errorAnswer(429, 'Too much; `Retry-After` says for how long.', [
        'rateLimited',
        'tooManySends',
        'tooSoon',
        'targetLocked',
        'overBudget',
        'destinationStopped',
      ]),
    },
    admit: access.admit,
    handle: (call) => access.enter(call, (project) => send({ sendCode, project, call })),
  })

type Body = {
  target: string
  channel: 'email' | 'whatsapp'
  countryCode?: string | null
  recordId?: string | null
}

async function send({
  sendCode,
  project,
  call,
}: {
  sendCode: SendCode
  project: Project
  call: Call<Body>
}): Promise<Answer> {
  const { body, locale, languages, headers } = call
  const destination = parseDestination(body, project)
  if (!destination.ok) return renderError({ status: 400, message: destination.complaint }, locale)

  const { address } = destination
  const { target, channel, recordId = null } = body
  const key = headers['idempotency-key']
  const outcome = await sendCode({
    project,
    purpose: 'service',
    channel,
    address,
    target,
    recordId,
    content: 'code',
    languages,
    caller: null,
    idempotency: typeof key === 'string' ? { key, bodyDigest: digest([channel, address, recordId]) } : null,
  })
  if (!outcome.ok) return renderRefusal(refusals[outcome.refusal], outcome, locale)
  return { ...renderSent(outcome.challenge, locale), headers: renderRateLimit(outcome.usage) }
}

/** Rendered from the challenge alone, so that a repeated send gets the first answer, whatever changed since. */
const renderSent = ({ id, createdAt, expiresAt }: Challenge, locale: Call['locale']): Answer => ({
  status: 201,
  body: {
    message: messagesFor(locale).sent,
    expiresIn: Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000),
    recordId: id,
  },
})

type Destination = { ok: true; address: Address } | { ok: false; complaint: keyof Messages }

function parseDestination(body: Body, { settings }: Project): Destination {
  const { target, channel } = body
  const refuse = (complaint: keyof Messages): Destination => ({ ok: false, complaint })
  if (channel === 'email') {
    const email = parseEmailAddress(target)
    return email === null ? refuse('invalidEmail') : { ok: true, address: email }
  }

  const countryCode = readCountryCode(body)
  if (countryCode !== null && !isCallingCode(countryCode)) return refuse('invalidCountryCode')
  const phone = parsePhoneNumber(target, { countryCode, region: settings.region })
  if (phone !== null) return { ok: true, address: phone }
  const lacksCountry = countryCode === null && settings.region === null && isNationalSpelling(target)
  return refuse(lacksCountry ? 'countryCodeRequired' : 'invalidPhone')
}

/** The country code of a request as it was written; an empty one is none. */
export const readCountryCode = ({ countryCode }: { countryCode?: string | null }): string | null =>
  countryCode?.trim() ? countryCode : null

/** Whether a text is a calling code: `+1`, `1`, `+225`. */
export const isCallingCode = (text: string): boolean => /^\+?[0-9]{1,3}$/.test(asciiDigits(text).trim())

const digest = (parts: (string | null)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')
