import Type from 'typebox'
import { parsePhoneNumber } from '../domain/address.ts'
import type { OptOutStore } from '../engine/ports/opt-outs.ts'
import { badRequest, errorAnswer, renderError, sharedAnswers, wholeNumberField } from './answers.ts'
import { errors } from './errors.ts'
import { renderOptOut } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type OptOutRouteParts = { optOuts: OptOutStore }

const path = '/admin/v1/opt-outs'
const phone = { description: 'In E.164.', examples: ['+2250701020304'] }

/** The routes for people who answered STOP to the sender of a carrier. */
export const createOptOutRoutes = (parts: OptOutRouteParts): AdminRoute[] => [
  listRoute(parts),
  removeRoute(parts),
]

const listRoute = ({ optOuts }: OptOutRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List who gets no SMS of a carrier, because they answered STOP',
    query: Type.Object({
      carrier: Type.Optional(Type.String({ description: 'Only of this carrier.' })),
      phone: Type.Optional(Type.String({ ...phone, description: 'Only this number, in E.164.' })),
      limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }),
    }),
    answers: {
      200: {
        description: 'The newest first.',
        schema: Type.Object({
          optOuts: Type.Array(
            Type.Object({
              carrier: Type.String({ examples: ['gateway'] }),
              phone: Type.String(phone),
              since: Type.String({ format: 'date-time', examples: ['2030-01-31T08:00:00.000Z'] }),
            }),
          ),
        }),
      },
      ...badRequest,
      ...sharedAnswers,
    },
    async handle({ query }) {
      const found = query.phone === undefined ? null : parsePhoneNumber(query.phone)
      if (query.phone !== undefined && found === null) return renderError(errors.notPhone)
      const listed = await optOuts.list({
        carrier: query.carrier ?? null,
        phone: found,
        limit: Number(query.limit ?? 50),
      })
      return { status: 200, body: { optOuts: listed.map(renderOptOut) } }
    },
  })

const removeRoute = ({ optOuts }: OptOutRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${path}/remove`,
    role: 'operator',
    summary: 'Send to a number again that has answered STOP',
    description: 'Only with the consent of its owner, who can answer START instead.',
    body: Type.Object({ carrier: Type.String(), phone: Type.String(phone) }),
    examples: { number: { carrier: 'gateway', phone: '+2250701020304' } },
    answers: {
      200: {
        description: 'Removed; every node knows within two seconds.',
        schema: Type.Object({
          carrier: Type.String({ examples: ['gateway'] }),
          phone: Type.String(phone),
          removed: Type.Literal(true),
        }),
      },
      ...badRequest,
      ...sharedAnswers,
      404: errorAnswer('The number has not left this carrier.', errors.notOptedOut),
    },
    async handle({ body }) {
      const phone = parsePhoneNumber(body.phone)
      if (phone === null) return renderError(errors.notPhone)
      const { carrier } = body
      return (await optOuts.change({ carrier, phone, isOut: false, by: 'operator' }))
        ? { status: 200, body: { carrier, phone, removed: true } }
        : renderError(errors.notOptedOut)
    },
  })
