import type { Account } from '../../domain/account.ts'
import type { Tokens } from '../../engine/sessions/open-session.ts'

/** Every user has the default role, because this server has accounts but no roles. */
export const defaultRole = { roleId: 1, roleSlug: 'user' }

/** The user who signed up or logged in, and the tokens: the only place where this dialect reveals them. */
export const renderSession = (account: Account, { tokens, mobile }: { tokens: Tokens; mobile: string }) => ({
  user: {
    id: account.id,
    mobile,
    email: account.email,
    fullName: account.fullName ?? nameOf(account),
    ...defaultRole,
    isActive: account.isActive,
  },
  tokens: { accessToken: tokens.accessToken.reveal(), refreshToken: tokens.refreshToken.reveal() },
})

/** Accounts of other dialects have a first and a last name. */
const nameOf = ({ firstName, lastName }: Account): string | null =>
  [firstName, lastName].filter((part) => part !== null).join(' ') || null
