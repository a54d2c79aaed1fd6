import Type from 'typebox'
import { channels } from '../domain/address.ts'
import { stopReasons } from '../domain/brake.ts'
import { messageLocales } from '../domain/locale.ts'
import { textPurposes } from '../domain/text.ts'
import { accountTypes, apiKeyScopes } from '../engine/ports.ts'
import { nullable } from './answers.ts'

/*
 * What the admin API answers. `render.ts` makes it.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const oneOf = <const Word extends string>(words: readonly Word[]) =>
  Type.Union(words.map((word) => Type.Literal(word)))

const fallbackStep = Type.Object({ channel: oneOf(channels), afterSeconds: Type.Integer() })

export const projectSchema = Type.Object({
  projectId: text,
  workspaceId: text,
  name: text,
  settings: Type.Object({
    region: nullable(text),
    locale: oneOf(messageLocales),
    codeSeconds: nullable(Type.Integer()),
    rateLimit: nullable(Type.Object({ requests: Type.Integer(), windowSeconds: Type.Integer() })),
    cooldownSeconds: Type.Integer(),
    sendsPerTenMinutes: Type.Integer(),
    sendsPerDay: Type.Integer(),
    sendsPerDayEverywhere: Type.Integer(),
    sendsPerCallerHour: Type.Integer(),
    countries: nullable(Type.Union([Type.Literal('any'), Type.Array(text)])),
    allow: Type.Array(text),
    deny: Type.Array(text),
    refuseDisposable: Type.Boolean(),
    brake: nullable(
      Type.Object({
        sends: Type.Integer(),
        verifiedPercent: Type.Integer(),
        surgeSends: Type.Integer(),
        surgeFactor: Type.Integer(),
      }),
    ),
    sendsPerPrefixHour: nullable(Type.Integer()),
    sendsPerCountryHour: nullable(Type.Integer()),
    sendsPerProjectDay: nullable(Type.Integer()),
    sendsPerProjectMonth: nullable(Type.Integer()),
    proofOfWork: nullable(Type.Integer()),
    testRecipients: Type.Array(Type.Object({ address: text, code: text, until: text })),
    failedChecksPerHour: Type.Integer(),
    failedAddressesPerCallerHour: Type.Integer(),
    requireVerificationToken: Type.Boolean(),
    carrier: oneOf(['default', 'null']),
    fallbacks: Type.Partial(Type.Record(oneOf(['sms', 'whatsapp', 'voice']), Type.Array(fallbackStep))),
    spendingPerDay: nullable(Type.Number()),
    spendingPerMonth: nullable(Type.Number()),
    displayName: nullable(text),
    colour: nullable(text),
    logoUrl: nullable(text),
    webOtpHost: nullable(text),
    androidAppHash: nullable(text),
  }),
  tokens: Type.Object({ granted: nullable(Type.Integer()), used: Type.Integer() }),
  createdAt: moment,
})

export const brakeSchema = Type.Object({
  projectId: text,
  prefix: text,
  reason: oneOf(stopReasons),
  until: moment,
  sends: Type.Integer(),
  verified: Type.Integer(),
})

export const keySchema = Type.Object({
  keyId: text,
  name: text,
  prefix: text,
  scopes: Type.Array(oneOf(apiKeyScopes)),
  createdAt: moment,
  expiresAt: nullable(moment),
  revokedAt: nullable(moment),
  lastUsedAt: nullable(moment),
})

export const userSchema = Type.Object({
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
})

export const businessSchema = Type.Object({
  businessId: Type.Integer(),
  name: text,
  type: text,
  isVerified: Type.Boolean(),
})

export const remarkSchema = Type.Object({ place: text, message: text })

export const textSchema = Type.Object({
  channel: oneOf(channels),
  purpose: oneOf(textPurposes),
  locale: oneOf(messageLocales),
  subject: nullable(text),
  body: text,
  source: oneOf(['own', 'own-code', 'built-in']),
  updatedAt: nullable(moment),
  warnings: Type.Array(remarkSchema),
})

export const previewSchema = Type.Object({
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
  warnings: Type.Array(remarkSchema),
})

export const sampleTriesSchema = Type.Object({
  to: text,
  tries: Type.Array(
    Type.Object({
      carrier: text,
      outcome: oneOf(['accepted', 'refused', 'unknown']),
      detail: nullable(text),
    }),
  ),
})
