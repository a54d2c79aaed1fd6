import Type from 'typebox'
import { locales } from '../domain/locale.ts'
import { accountTypes, apiKeyScopes } from '../engine/ports.ts'
import { nullable } from './answers.ts'

/*
 * What the admin API answers. `render.ts` makes it.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const oneOf = <const Word extends string>(words: readonly Word[]) =>
  Type.Union(words.map((word) => Type.Literal(word)))

export const projectSchema = Type.Object({
  projectId: text,
  workspaceId: text,
  name: text,
  settings: Type.Object({
    region: nullable(text),
    locale: oneOf(locales),
    codeSeconds: nullable(Type.Integer()),
    rateLimit: nullable(Type.Object({ requests: Type.Integer(), windowSeconds: Type.Integer() })),
    cooldownSeconds: Type.Integer(),
    sendsPerTenMinutes: Type.Integer(),
    sendsPerDay: Type.Integer(),
    sendsPerCallerHour: Type.Integer(),
    failedChecksPerHour: Type.Integer(),
    failedAddressesPerCallerHour: Type.Integer(),
    requireVerificationToken: Type.Boolean(),
    carrier: oneOf(['default', 'null']),
  }),
  tokens: Type.Object({ granted: nullable(Type.Integer()), used: Type.Integer() }),
  createdAt: moment,
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
  isActive: Type.Boolean(),
  createdAt: moment,
})

export const businessSchema = Type.Object({
  businessId: Type.Integer(),
  name: text,
  type: text,
  isVerified: Type.Boolean(),
})
