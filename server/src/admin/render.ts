import type { Account, Business } from '../domain/account.ts'
import type { OptOut } from '../domain/opt-out.ts'
import type { ShownText } from '../engine/operations/manage-texts.ts'
import type { ApiKey } from '../engine/ports/api-keys.ts'
import type { ProjectSummary } from '../engine/ports/projects.ts'
import type { StoppedPrefix } from '../engine/ports/stopped-prefixes.ts'

/*
 * How the admin API, and `--json` on the command line, render values of the engine.
 */

/** A project with its settings and its used tokens; `granted: null` means unlimited. */
export const renderProject = ({
  id,
  workspaceId,
  name,
  state,
  settings,
  tokens,
  createdAt,
}: ProjectSummary) => ({
  projectId: id,
  workspaceId,
  name,
  state,
  settings,
  tokens,
  createdAt: createdAt.toISOString(),
})

export const renderStoppedPrefix = ({ until, ...stopped }: StoppedPrefix) => ({
  ...stopped,
  until: until.toISOString(),
})

export const renderOptOut = ({ carrier, phone, since }: OptOut) => ({
  carrier,
  phone,
  since: since.toISOString(),
})

/** A key without its text, which was shown once and is not stored. */
export const renderKey = (key: ApiKey) => ({
  keyId: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: key.scopes,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
})

/** An account as operators see it. */
export const renderUser = (account: Account) => ({
  userId: account.id,
  type: account.type,
  email: account.email,
  isEmailVerified: account.emailVerifiedAt !== null,
  phone: account.phone,
  isPhoneVerified: account.phoneVerifiedAt !== null,
  firstName: account.firstName,
  lastName: account.lastName,
  fullName: account.fullName,
  agentCode: account.agentCode,
  assignedArea: account.assignedArea,
  locale: account.locale,
  isActive: account.isActive,
  createdAt: account.createdAt.toISOString(),
})

export const renderBusiness = ({ id, name, type, isVerified }: Business) => ({
  businessId: id,
  name,
  type,
  isVerified,
})

/** A text with its source. */
export const renderShownText = ({ key, draft, source, updatedAt, warnings }: ShownText) => ({
  ...key,
  ...draft,
  source,
  updatedAt: updatedAt?.toISOString() ?? null,
  warnings,
})
