import Type from 'typebox'
import { accountTypes } from '../domain/account.ts'
import { channels } from '../domain/address.ts'
import { messageLocales } from '../domain/locale.ts'
import { defaultProjectSettings, type ProjectSettings, projectStates } from '../domain/project.ts'
import { projectSettings } from '../domain/project-settings.ts'
import { stopReasons } from '../domain/pumping.ts'
import type { PurposeName } from '../domain/purpose.ts'
import { schemaOf } from '../domain/settings/setting.ts'
import { textPurposesOf } from '../domain/text.ts'
import { apiKeyScopes } from '../engine/ports/api-keys.ts'
import { nullable } from './answers.ts'

/*
 * The answers of the admin API, with one example of each. `render.ts` renders them.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const oneOf = <const Word extends string>(words: readonly Word[]) =>
  Type.Union(words.map((word) => Type.Literal(word)))

export const projectSchema = Type.Object(
  {
    projectId: text,
    workspaceId: text,
    name: text,
    state: oneOf(projectStates),
    settings: Type.Unsafe<ProjectSettings>(schemaOf(projectSettings)),
    tokens: Type.Object({ granted: nullable(Type.Integer()), used: Type.Integer() }),
    createdAt: moment,
  },
  {
    examples: [
      {
        projectId: 'PRJ_abc123def456',
        workspaceId: 'WSP_abc123def456',
        name: 'My shop',
        state: 'active',
        settings: { ...defaultProjectSettings, region: 'CI', locale: 'fr' },
        tokens: { granted: 5000, used: 42 },
        createdAt: '2030-01-31T08:00:00.000Z',
      },
    ],
  },
)

export const stoppedPrefixSchema = Type.Object(
  {
    projectId: text,
    prefix: text,
    reason: oneOf(stopReasons),
    until: moment,
    sends: Type.Integer(),
    verified: Type.Integer(),
  },
  {
    examples: [
      {
        projectId: 'PRJ_abc123def456',
        prefix: '+225070',
        reason: 'few-verified',
        until: '2030-01-31T09:00:00.000Z',
        sends: 240,
        verified: 3,
      },
    ],
  },
)

export const keySchema = Type.Object({
  keyId: Type.String({ examples: ['KEY_0f1e2d3c4b5a'] }),
  name: Type.String({ examples: ['checkout'] }),
  prefix: Type.String({ examples: ['ww_exampl'] }),
  scopes: Type.Array(oneOf(apiKeyScopes)),
  createdAt: Type.String({ format: 'date-time', examples: ['2030-01-31T08:00:00.000Z'] }),
  expiresAt: nullable(moment, { examples: ['2035-01-01T00:00:00.000Z'] }),
  revokedAt: nullable(moment, { examples: [null] }),
  lastUsedAt: nullable(moment, { examples: ['2030-02-01T10:30:00.000Z'] }),
})

export const userSchema = Type.Object(
  {
    userId: Type.Integer(),
    type: oneOf(accountTypes),
    email: nullable(text),
    isEmailVerified: Type.Boolean(),
    phone: nullable(text),
    isPhoneVerified: Type.Boolean(),
    firstName: nullable(text),
    lastName: nullable(text),
    fullName: nullable(text),
    agentCode: nullable(text),
    assignedArea: nullable(text),
    locale: nullable(oneOf(messageLocales)),
    isActive: Type.Boolean(),
    createdAt: moment,
  },
  {
    examples: [
      {
        userId: 42,
        type: 'USER',
        email: 'user@example.com',
        isEmailVerified: true,
        phone: null,
        isPhoneVerified: false,
        firstName: 'John',
        lastName: 'Doe',
        fullName: null,
        agentCode: null,
        assignedArea: null,
        locale: 'en',
        isActive: true,
        createdAt: '2030-01-31T08:00:00.000Z',
      },
    ],
  },
)

export const businessSchema = Type.Object(
  {
    businessId: Type.Integer(),
    name: text,
    type: text,
    isVerified: Type.Boolean(),
  },
  { examples: [{ businessId: 123, name: 'My Store', type: 'retailer', isVerified: true }] },
)

export const issueSchema = Type.Object(
  { path: text, message: text },
  { examples: [{ path: 'body', message: 'takes 2 SMS (161 places in GSM-7), and each is paid for' }] },
)

export const textSchemaFor = (purposes: readonly PurposeName[]) =>
  Type.Object(
    {
      channel: oneOf(channels),
      purpose: oneOf(textPurposesOf(purposes)),
      locale: oneOf(messageLocales),
      subject: nullable(text),
      body: text,
      source: oneOf(['own', 'own-code', 'built-in']),
      updatedAt: nullable(moment),
      warnings: Type.Array(issueSchema),
    },
    {
      examples: [
        {
          channel: 'sms',
          purpose: 'code',
          locale: 'en',
          subject: null,
          body: '{code} opens {project}. Valid for {minutes, plural, one {# minute} other {# minutes}}.',
          source: 'own',
          updatedAt: '2030-01-31T08:00:00.000Z',
          warnings: [],
        },
      ],
    },
  )

export const previewSchema = Type.Object(
  {
    subject: nullable(text),
    text,
    html: nullable(text),
    sms: nullable(
      Type.Object({
        alphabet: oneOf(['GSM-7', 'UCS-2']),
        length: Type.Integer(),
        segments: Type.Integer(),
      }),
    ),
    warnings: Type.Array(issueSchema),
  },
  {
    examples: [
      {
        subject: null,
        text: '123456 opens My shop. Valid for 5 minutes.',
        html: null,
        sms: { alphabet: 'GSM-7', length: 42, segments: 1 },
        warnings: [],
      },
    ],
  },
)

export const sampleAttemptsSchema = Type.Object(
  {
    to: text,
    attempts: Type.Array(
      Type.Object({
        carrier: text,
        outcome: oneOf(['accepted', 'refused', 'unknown']),
        detail: nullable(text),
      }),
    ),
  },
  {
    examples: [
      {
        to: '+255712345678',
        attempts: [{ carrier: 'orange', outcome: 'accepted', detail: null }],
      },
    ],
  },
)
