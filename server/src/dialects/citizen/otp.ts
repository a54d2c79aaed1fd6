import type { Static } from 'typebox'
import { parsePhoneNumber } from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { Project, ProjectId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import { findTestRecipient } from '../../domain/test-recipient.ts'
import type { PhoneCodeOutcome, RequestPhoneCode } from '../../engine/accounts/request-phone-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import type { ResolveViewer } from './code-viewers.ts'
import { issueErrorsOf, renderError, renderRefusal, renderSuccess, type WireError } from './envelope.ts'
import { citizenCode } from './purposes.ts'
import { answersOf, createdAnswer, otpBody, otpExamples, regeneratedAnswer } from './schemas.ts'

const refusals = {
  'unknown-account': { status: 400, message: 'unknownCitizen' },
  'live-code-exists': { status: 400, message: 'codeExists' },
  'no-code-issued': { status: 400, message: 'noCode' },
  'too-many-sends': { status: 429, message: 'tooManySends' },
  'too-soon': { status: 429, message: 'tooManySends' },
  'too-many-requests': { status: 429, message: 'tooManyRequests' },
  'too-many-unknown-addresses': { status: 429, message: 'tooManyRequests' },
  'address-locked': { status: 429, message: 'numberLocked' },
  'over-budget': { status: 429, message: 'tooManyRequests' },
  'destination-stopped': { status: 429, message: 'tooManyRequests' },
  'caller-refused': { status: 429, message: 'tooManyRequests' },
  'destination-refused': { status: 400, message: 'destinationRefused' },
  'work-required': { status: 400, message: 'workRequired' },
} as const satisfies Record<Extract<PhoneCodeOutcome<'condition'>, { ok: false }>['refusal'], WireError>

const successes = {
  create: { status: 201, message: 'created' },
  resend: { status: 200, message: 'regenerated' },
} as const satisfies Record<string, WireError>

export type OtpParts = {
  projectId: ProjectId
  resolveViewer: ResolveViewer
  loadProject: LoadProject
  requestPhoneCode: RequestPhoneCode
  revealCode: (challenge: Challenge) => Secret
}

/** `POST /otp`. */
export const otpRoute = (parts: OtpParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/otp',
    access: 'public',
    summary: 'Créer ou régénérer un OTP pour un citoyen',
    description: 'The code is sent by SMS. The mount decides whether the answer shows it as well.',
    body: otpBody,
    examples: otpExamples,
    answers: {
      200: regeneratedAnswer,
      201: createdAnswer,
      ...answersOf([issueErrorsOf(otpBody), refusals], {
        400: 'The request is wrong; the first error of this list that applies.',
        429: 'A limit is reached; `Retry-After` gives the time to wait.',
      }),
    },
    handle: (call) => issue(parts, call),
  })

async function issue(
  { projectId, resolveViewer, loadProject, requestPhoneCode, revealCode }: OtpParts,
  call: Call<Static<typeof otpBody>>,
): Promise<Answer> {
  const { body, locale, languages } = call
  const project = await loadProject(projectId)
  const phone = parsePhoneNumber(body.phoneNumber, { region: project.settings.region })
  if (phone === null) return renderError(refusals['unknown-account'], locale)

  const operation = body.type === 'create' ? 'create' : 'resend'
  const { seesCode, caller } = await resolveViewer(call)
  const outcome = await requestPhoneCode<'condition'>({
    project,
    purpose: citizenCode,
    types: ['CITIZEN'],
    phone,
    target: body.phoneNumber,
    languages,
    caller,
    // `create` refuses while a code is live, `resend` unless one was issued and not used.
    condition: operation === 'create' ? 'none-live' : 'issued',
  })
  if (!outcome.ok) return renderRefusal(refusals[outcome.refusal], outcome, locale)

  const { challenge } = outcome
  const otp = seesCode ? codeIn(project, challenge, revealCode).reveal() : '*'.repeat(challenge.digits)
  const expiresAt = challenge.expiresAt.toISOString()
  return renderSuccess(successes[operation], { phoneNumber: body.phoneNumber, otp, expiresAt }, locale)
}

/** The code to show. A test recipient has a fixed code instead of the challenge's, and its challenge sends no message. */
function codeIn(
  { settings }: Project,
  challenge: Challenge,
  revealCode: (challenge: Challenge) => Secret,
): Secret {
  const fixed =
    challenge.deliveryState === 'none'
      ? findTestRecipient(settings, challenge.address, challenge.digits)
      : null
  return fixed?.code ?? revealCode(challenge)
}
