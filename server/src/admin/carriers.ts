import Type from 'typebox'
import { type Channel, channels } from '../domain/address.ts'
import type { ManageCarriers } from '../engine/operations/manage-carriers.ts'
import { renderCarrierIssues, type ShownCarrier } from '../engine/operations/manage-carriers.ts'
import type { TestCarrier } from '../engine/ports/carriers.ts'
import type { Call } from '../http/dialect.ts'
import {
  badRequest,
  conflict,
  errorAnswer,
  nullable,
  renderError,
  renderWorded,
  sharedAnswers,
} from './answers.ts'
import { errors } from './errors.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type CarrierRouteParts = {
  manageCarriers: ManageCarriers
  refreshCarriers: () => Promise<void>
  testCarrier: TestCarrier
}

const path = '/admin/v1/carriers'
const namedPath = `${path}/:name`
/** Room for a certificate and a key with all their escapes. */
const bodyBytesMax = 32 * 1024

const oneChannel = Type.Union(channels.map((channel) => Type.Literal(channel)))
const carrierSchema = Type.Object(
  {
    name: Type.String(),
    kind: Type.String(),
    source: Type.Union([Type.Literal('file'), Type.Literal('stored'), Type.Literal('environment')]),
    channels: Type.Array(oneChannel),
    settings: nullable(Type.Record(Type.String(), Type.Unknown())),
    receiptUrl: nullable(Type.String()),
    verifyToken: nullable(Type.String()),
    updatedAt: nullable(Type.String({ format: 'date-time' })),
    fault: nullable(Type.String()),
    rates: Type.Array(
      Type.Object({
        channel: oneChannel,
        country: nullable(Type.String()),
        delivered: Type.Integer(),
        lost: Type.Integer(),
        successRate: nullable(Type.Number()),
        demotion: nullable(Type.Object({ successRate: Type.Number(), expectedRate: Type.Number() })),
      }),
    ),
  },
  {
    examples: [
      {
        name: 'gateway',
        kind: 'webhook',
        source: 'stored',
        channels: ['sms', 'whatsapp', 'voice'],
        settings: { url: '…send' },
        receiptUrl: 'https://otp.example.com/receipts/gateway/…',
        verifyToken: null,
        updatedAt: '2030-01-31T08:00:00.000Z',
        fault: null,
        rates: [
          { channel: 'sms', country: 'CI', delivered: 970, lost: 30, successRate: 0.97, demotion: null },
        ],
      },
    ],
  },
)
const carrierAnswers = {
  ...sharedAnswers,
  404: errorAnswer('There is no such carrier.', errors.noCarrier),
}

/** The routes for the carriers of the server. */
export const createCarrierRoutes = (parts: CarrierRouteParts): AdminRoute[] => [
  listRoute(parts),
  showRoute(parts),
  setRoute(parts),
  removeRoute(parts),
  testRoute(parts),
]

const listRoute = ({ manageCarriers }: CarrierRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List the carriers of the server, with how many messages of the last day arrived',
    answers: {
      200: { description: 'All carriers.', schema: Type.Object({ carriers: Type.Array(carrierSchema) }) },
      ...sharedAnswers,
    },
    handle: async () => ({
      status: 200,
      body: { carriers: (await manageCarriers.list()).map(renderCarrier) },
    }),
  })

const showRoute = ({ manageCarriers }: CarrierRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: namedPath,
    role: 'viewer',
    summary: 'Get one carrier; of secrets, the last four characters',
    answers: { 200: { description: 'The carrier.', schema: carrierSchema }, ...carrierAnswers },
    async handle({ params }) {
      const carrier = await manageCarriers.show(params.name ?? '')
      return carrier === null ? noSuchCarrier() : { status: 200, body: renderCarrier(carrier) }
    },
  })

const setRoute = ({ manageCarriers, refreshCarriers }: CarrierRouteParts): AdminRoute =>
  defineRoute({
    method: 'PUT',
    path: namedPath,
    role: 'owner',
    bodyBytesMax,
    summary: 'Create or change a carrier',
    description:
      'The settings are those of the carrier’s kind and replace all previous ones. They are validated, then encrypted and stored; every node uses them within a few seconds.',
    body: Type.Object({
      kind: Type.String({ maxLength: 60 }),
      settings: Type.Record(Type.String(), Type.Unknown()),
    }),
    examples: { gateway: { kind: 'webhook', settings: { url: 'https://gateway.example.com/send' } } },
    answers: {
      200: { description: 'Stored.', schema: carrierSchema },
      ...badRequest,
      // No name is so long that a path cannot hold it.
      ...carrierAnswers,
      ...conflict(errors.carrierInFile.message),
    },
    async handle({ params, body }: Call<{ kind: string; settings: Record<string, unknown> }>) {
      const result = await manageCarriers.set(params.name ?? '', body)
      if (result.ok) {
        await refreshCarriers()
        return { status: 200, body: renderCarrier(result.carrier) }
      }
      return result.refusal === 'broken'
        ? renderWorded(400, renderCarrierIssues(result.issues))
        : renderError(errors.carrierInFile)
    },
  })

const removeRoute = ({ manageCarriers, refreshCarriers }: CarrierRouteParts): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: namedPath,
    role: 'owner',
    summary: 'Remove a carrier that no project’s route uses',
    answers: {
      200: { description: 'Removed.', schema: Type.Object({ removed: Type.Literal(true) }) },
      ...carrierAnswers,
      ...conflict(errors.carrierInFile.message),
    },
    async handle({ params }) {
      const result = await manageCarriers.remove(params.name ?? '')
      if (result.ok) {
        await refreshCarriers()
        return { status: 200, body: { removed: true } }
      }
      if (result.refusal === 'unknown') return noSuchCarrier()
      if (result.refusal === 'in-use')
        return renderWorded(409, `Routes of ${result.projects.join(', ')} name it: change them first`)
      return renderError(errors.carrierInFile)
    },
  })

const testRoute = ({ manageCarriers, testCarrier }: CarrierRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${namedPath}/test`,
    role: 'operator',
    summary: 'Send a sample code, which opens nothing, through one carrier',
    body: Type.Object({ to: Type.String({ maxLength: 254 }), channel: Type.Optional(oneChannel) }),
    examples: { phone: { to: '+2250701020304' } },
    answers: {
      200: {
        description: 'What the carrier answered.',
        schema: Type.Object({
          outcome: Type.Union([Type.Literal('accepted'), Type.Literal('refused'), Type.Literal('unknown')]),
          detail: nullable(Type.String(), { examples: [null] }),
        }),
      },
      ...badRequest,
      ...carrierAnswers,
    },
    async handle({ params, body }: Call<{ to: string; channel?: Channel }>) {
      const name = params.name ?? ''
      const carrier = await manageCarriers.show(name)
      if (carrier === null) return noSuchCarrier()
      const channel = body.channel ?? carrier.channels[0]
      const result = channel === undefined ? null : await testCarrier({ name, channel, to: body.to })
      if (result === null) return renderWorded(400, `${name} does not serve ${channel ?? 'anything'}`)
      return { status: 200, body: { outcome: result.outcome, detail: result.detail } }
    },
  })

const noSuchCarrier = () => renderError(errors.noCarrier)

/** A carrier as JSON. */
export const renderCarrier = ({ updatedAt, ...carrier }: ShownCarrier) => ({
  ...carrier,
  updatedAt: updatedAt?.toISOString() ?? null,
})
