import type { Static } from 'typebox'
import { parsePhoneNumber } from '../../domain/address.ts'
import { parseCode } from '../../domain/code.ts'
import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { ProjectId } from '../../domain/project.ts'
import { digitsOf } from '../../domain/purpose.ts'
import type { CheckPhoneCode } from '../../engine/accounts/check-phone-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import type { ResolveViewer } from './code-viewers.ts'
import { issueErrorsOf, renderError, renderRefusal, renderSuccess, type WireError } from './envelope.ts'
import { citizenCode } from './purposes.ts'
import { answersOf, verifiedAnswer, verifyBody, verifyExamples } from './schemas.ts'

const invalidCode = { status: 400, message: 'invalidCode' } as const satisfies WireError

/** One answer for every code that is refused, so that a keyless caller learns nothing from the difference (V7). */
const refusals = {
  unknown: invalidCode,
  used: invalidCode,
  expired: invalidCode,
  locked: invalidCode,
  mismatch: invalidCode,
  'too-many-requests': { status: 429, message: 'tooManyRequests' },
} as const satisfies Record<CheckRefusal, WireError>

export type VerifyParts = {
  projectId: ProjectId
  resolveViewer: ResolveViewer
  loadProject: LoadProject
  checkPhoneCode: CheckPhoneCode
}

/** `POST /otp/verify`, which the document does not have. */
export const verifyRoute = (parts: VerifyParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/otp/verify',
    access: 'public',
    summary: "Vérifier l'OTP d'un citoyen",
    description: 'Spends a right code. An extension of the documented API.',
    body: verifyBody,
    examples: verifyExamples,
    answers: {
      200: verifiedAnswer,
      ...answersOf([issueErrorsOf(verifyBody), refusals], {
        400: 'A field is missing, or the code is wrong, expired, used or locked.',
        429: 'A limit is reached; `Retry-After` gives the time to wait.',
      }),
    },
    handle: (call) => verify(parts, call),
  })

async function verify(
  { projectId, resolveViewer, loadProject, checkPhoneCode }: VerifyParts,
  call: Call<Static<typeof verifyBody>>,
): Promise<Answer> {
  const { body, locale } = call
  const project = await loadProject(projectId)
  const phone = parsePhoneNumber(body.phoneNumber, { region: project.settings.region })
  const code = parseCode(body.otp, digitsOf(citizenCode, project.settings))
  if (phone === null || code === null) return renderError(invalidCode, locale)

  const { caller } = await resolveViewer(call)
  const outcome = await checkPhoneCode({
    project,
    purpose: citizenCode,
    type: 'CITIZEN',
    phone,
    code,
    caller,
  })
  if (!outcome.ok) return renderRefusal(refusals[outcome.refusal], outcome, locale)
  const verifiedAt = outcome.proof.provenAt.toISOString()
  const data = { phoneNumber: body.phoneNumber, verified: true, verifiedAt }
  return renderSuccess({ status: 200, message: 'verified' }, data, locale)
}
