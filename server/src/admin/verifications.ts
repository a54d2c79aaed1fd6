import Type from 'typebox'
import { channels, isRegion } from '../domain/address.ts'
import type { ProjectId } from '../domain/project.ts'
import { verificationOutcomes } from '../domain/verification.ts'
import { type ReadVerifications, readChallengeId } from '../engine/operations/read-verifications.ts'
import {
  badRequest,
  carrierField,
  countryField,
  momentField,
  noSuchProject,
  nullable,
  oneOf,
  projectAnswers,
  readMoment,
  reasonField,
  renderError,
  wholeNumberField,
} from './answers.ts'
import { errors } from './errors.ts'
import {
  renderRevealed,
  renderVerification,
  renderVerificationDetails,
  revealedSchema,
  verificationDetailsSchema,
  verificationSchema,
} from './render-verifications.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type VerificationRouteParts = { readVerifications: ReadVerifications; currency: string }

const path = '/admin/v1/projects/:projectId/verifications'

/** The routes for what became of each code. */
export const createVerificationRoutes = (parts: VerificationRouteParts): AdminRoute[] => [
  listRoute(parts),
  findRoute(parts),
  revealRoute(parts),
]

const query = Type.Object({
  search: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 254,
      description:
        'An address in any spelling (write its + as %2B), a `recordId`, or the id of a verification.',
    }),
  ),
  channel: Type.Optional(oneOf(channels)),
  carrier: carrierField,
  country: countryField,
  outcome: Type.Optional(oneOf(verificationOutcomes)),
  from: momentField('Requested at or after this time.'),
  until: momentField('Requested before this time.'),
  after: Type.Optional(
    Type.Refine(
      Type.String({ description: 'Continue after this verification: `next` of the page before.' }),
      (text) => readChallengeId(text) !== null,
      () => 'must be the id of a verification, 24 hexadecimal digits',
    ),
  ),
  limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }),
})

const listRoute = ({ readVerifications }: VerificationRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List what became of codes, newest first, with masked addresses',
    description:
      'A filter looks through a few thousand verifications for one page: a page may be short, or empty, and still have a `next`.',
    query,
    answers: {
      200: {
        description: 'A page. Pass `next` as `after` to get the next one; null on the last page.',
        schema: Type.Object({
          verifications: Type.Array(verificationSchema),
          next: nullable(Type.String(), { examples: ['70db37800000a1b2c3d4e5f6'] }),
        }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const from = readMoment(query.from)
      const until = readMoment(query.until)
      const page = await readVerifications.page({
        projectId: params.projectId as ProjectId,
        search: query.search ?? null,
        channel: query.channel ?? null,
        carrier: query.carrier ?? null,
        country: query.country !== undefined && isRegion(query.country) ? query.country : null,
        outcome: query.outcome ?? null,
        from,
        until,
        after: readChallengeId(query.after ?? ''),
        limit: Number(query.limit ?? 50),
      })
      if (page === null) return noSuchProject()
      return {
        status: 200,
        body: { verifications: page.verifications.map(renderVerification), next: page.next },
      }
    },
  })

const findRoute = ({ readVerifications, currency }: VerificationRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: `${path}/:verificationId`,
    role: 'viewer',
    summary: 'Get one verification with everything that happened to it; never its code',
    answers: {
      200: { description: 'The verification.', schema: verificationDetailsSchema },
      ...projectAnswers,
    },
    async handle({ params }) {
      const found = await readVerifications.find(params.projectId as ProjectId, params.verificationId ?? '')
      return found === null
        ? renderError(errors.noVerification)
        : { status: 200, body: renderVerificationDetails(found, currency) }
    },
  })

/** Who may be shown addresses in full. */
const reveal = 'operator'

const revealRoute = ({ readVerifications }: VerificationRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${path}/:verificationId/reveal`,
    role: reveal,
    summary: 'Show the address of a verification in full, for a reason that the audit keeps',
    body: Type.Object({ reason: reasonField }),
    examples: { ticket: { reason: 'ticket 4711: the caller gets no code' } },
    answers: {
      200: { description: 'The address.', schema: revealedSchema },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body: { reason } }) {
      const { projectId, verificationId = '' } = params
      const found = await readVerifications.reveal(projectId as ProjectId, verificationId, reason.trim())
      return found === null
        ? renderError(errors.noVerification)
        : { status: 200, body: renderRevealed(found) }
    },
  })
