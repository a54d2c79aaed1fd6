import Type from 'typebox'
import { channels } from '../domain/address.ts'
import { webhookEventTypes } from '../domain/event.ts'
import { messageLocales } from '../domain/locale.ts'
import { projectSettings } from '../domain/project-settings.ts'
import type { SettingTable } from '../domain/settings/setting.ts'
import { textPurposesOf } from '../domain/text.ts'
import type { ManageCarriers } from '../engine/operations/manage-carriers.ts'
import type { TextTools } from '../engine/operations/manage-texts.ts'
import { apiKeyScopes } from '../engine/ports/api-keys.ts'
import { nullable, sharedAnswers } from './answers.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type CatalogueRouteParts = {
  manageCarriers: Pick<ManageCarriers, 'kinds'>
  tools: Pick<TextTools, 'purposes'>
}

const text = Type.String()
const texts = Type.Array(text)
const schemas = Type.Record(text, Type.Unknown())

const catalogueSchema = Type.Object(
  {
    projectSettings: Type.Array(
      Type.Object({
        name: text,
        description: text,
        takes: Type.String({ description: 'Continues a sentence after "must be".' }),
        default: Type.Unknown(),
        schema: Type.Unknown({ description: 'JSON Schema.' }),
        page: nullable(text),
      }),
    ),
    carrierKinds: Type.Array(
      Type.Object({
        kind: text,
        title: text,
        channels: texts,
        setup: texts,
        receiptSetup: texts,
        source: nullable(text),
        isForDevelopment: Type.Boolean(),
        settings: schemas,
        required: texts,
      }),
    ),
    channels: texts,
    textPurposes: texts,
    locales: texts,
    webhookEventTypes: texts,
    keyScopes: texts,
  },
  {
    examples: [
      {
        projectSettings: [
          {
            name: 'cooldownSeconds',
            description: 'the pause between two sends to one address for the same purpose and recordId',
            takes: 'a whole number of seconds from 0 to 86400',
            default: 0,
            schema: { type: 'integer' },
            page: null,
          },
        ],
        carrierKinds: [
          {
            kind: 'webhook',
            title: 'Webhook',
            channels: ['sms', 'whatsapp', 'voice'],
            setup: ['Accept `POST {id, channel, to, text, code, locale, projectId}`.'],
            receiptSetup: [],
            source: null,
            isForDevelopment: false,
            settings: { url: { type: 'string', secret: true } },
            required: ['url'],
          },
        ],
        channels: ['email', 'sms'],
        textPurposes: ['code'],
        locales: ['en', 'fr'],
        webhookEventTypes: ['challenge.verified'],
        keyScopes: ['otp'],
      },
    ],
  },
)

/** The route that says what can be set on this server, so that a form need not know it. */
export const createCatalogueRoutes = ({ manageCarriers, tools }: CatalogueRouteParts): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/admin/v1/catalogue',
    role: 'viewer',
    summary:
      'List what can be set: settings of projects, kinds of carriers, purposes of texts, types of events',
    answers: {
      200: { description: 'The same until the next version.', schema: catalogueSchema },
      ...sharedAnswers,
    },
    handle: async () => ({
      status: 200,
      body: {
        projectSettings: Object.entries<SettingTable[string]>(projectSettings).map(
          ([name, { description, takes, default: standard, schema, page = null }]) => ({
            name,
            description,
            takes,
            default: standard,
            schema,
            page,
          }),
        ),
        carrierKinds: manageCarriers.kinds(),
        channels,
        textPurposes: textPurposesOf(tools.purposes),
        locales: messageLocales,
        webhookEventTypes,
        keyScopes: apiKeyScopes,
      },
    }),
  }),
]
