import type { Static } from 'typebox'
import {
  type Address,
  isNationalSpelling,
  parseEmailAddress,
  parsePhoneNumber,
} from '../../domain/address.ts'
import { parseCode } from '../../domain/code.ts'
import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf } from '../../domain/purpose.ts'
import type { CheckCode, CheckOutcome } from '../../engine/codes/check-code.ts'
import type { CheckCodeAsEntered } from '../../engine/codes/check-code-as-entered.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import { isCallingCode, readCountryCode } from './country-code.ts'
import { issueErrorsOf, renderError, renderRateLimit, renderRefusal, type WireError } from './envelope.ts'
import { type Messages, messagesFor } from './messages.ts'
import { type AdmitProject, accessErrors } from './project-access.ts'
import { serviceCode } from './purposes.ts'
import {
  answersOf,
  meanings,
  projectHeaders,
  verifyAnswer,
  verifyBody,
  verifyExamples,
  withRateLimit,
} from './schemas.ts'

/** The document distinguishes the reasons and answers all of them with 200, so this dialect does too. */
export const reasons = {
  unknown: 'unknown',
  used: 'used',
  expired: 'expired',
  locked: 'locked',
  mismatch: 'mismatch',
} as const satisfies Record<Exclude<CheckRefusal, 'too-many-requests'>, keyof Messages>

const errors = {
  'too-many-requests': { status: 429, message: 'rateLimited' },
  'not-target': { status: 400, message: 'invalidTarget' },
  'not-country': { status: 400, message: 'invalidCountryCode' },
  'not-code': { status: 400, message: 'invalidCode' },
  'not-code-length': { status: 400, message: 'invalidCodeLength' },
} as const satisfies Record<string, WireError>

export type VerifyParts = {
  admit: AdmitProject
  checkCode: CheckCode
  checkCodeAsEntered: CheckCodeAsEntered
}

/** `POST /api/v1/otp/verify`. */
export const verifyRoute = ({ admit, ...parts }: VerifyParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/api/v1/otp/verify',
    access: 'api-key',
    summary: 'Verify the OTP code provided by the user',
    description:
      '`target` and `recordId` must be those of the send. A national number without `countryCode` must be written exactly ' +
      'as in the send.',
    body: verifyBody,
    headers: projectHeaders,
    examples: verifyExamples,
    answers: {
      200: withRateLimit(verifyAnswer),
      ...answersOf([accessErrors, errors, issueErrorsOf(verifyBody)], {
        ...meanings,
        400: 'A field is wrong.',
      }),
    },
    admit,
    handle: (call, { project }) => verify(parts, project, call),
  })

type Body = Static<typeof verifyBody>

async function verify(
  { checkCode, checkCodeAsEntered }: Omit<VerifyParts, 'admit'>,
  project: Project,
  { body, locale }: Call<Body>,
): Promise<Answer> {
  const subject = parseSubject(body)
  if (!subject.ok) return renderError(errors[subject.issue], locale)
  const digits = digitsOf(serviceCode, project.settings)
  const code = parseCode(body.code, digits)
  if (code === null)
    return renderError(errors[digits === serviceCode.digits ? 'not-code' : 'not-code-length'], locale)

  const command = { project, purpose: serviceCode, recordId: body.recordId ?? null, code } as const
  const outcome =
    subject.address === null
      ? await checkCodeAsEntered({ ...command, entered: body.target })
      : await checkCode({ ...command, address: subject.address, caller: null })
  return renderOutcome(outcome, locale)
}

type TargetIssue = 'not-target' | 'not-country'
type Subject = { ok: true; address: Address | null } | { ok: false; issue: TargetIssue }

/** The address of the target, or null for a national number, which only the target as entered identifies. */
function parseSubject(body: Body): Subject {
  const refuse = (issue: TargetIssue): Subject => ({ ok: false, issue })
  const { target } = body
  const email = parseEmailAddress(target)
  if (email !== null) return { ok: true, address: email }

  const countryCode = readCountryCode(body)
  if (countryCode !== null && !isCallingCode(countryCode)) return refuse('not-country')
  if (countryCode === null && isNationalSpelling(target)) return { ok: true, address: null }
  const phone = parsePhoneNumber(target, { countryCode })
  return phone === null ? refuse('not-target') : { ok: true, address: phone }
}

function renderOutcome(outcome: CheckOutcome, locale: Call['locale']): Answer {
  const headers = renderRateLimit(outcome.usage)
  if (outcome.ok) {
    const { challengeId, provenAt } = outcome.proof
    return {
      status: 200,
      body: { valid: true, recordId: challengeId, verifiedAt: provenAt.toISOString() },
      headers,
    }
  }
  if (outcome.refusal === 'too-many-requests') return renderRefusal(errors[outcome.refusal], outcome, locale)
  return {
    status: 200,
    body: { valid: false, reason: messagesFor(locale)[reasons[outcome.refusal]] },
    headers,
  }
}
