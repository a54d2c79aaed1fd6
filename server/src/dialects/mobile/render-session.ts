import type { Account } from '../../domain/account.ts'
import type { Tokens } from '../../engine/sessions/open-session.ts'

/** Everybody who signs up has the default role: this server knows accounts, not roles. */
export const defaultRole = { roleId: 1, roleSlug: 'user' }

/** Who signed up or logged in, and the tokens: the one place of this dialect where they leave. */
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

/** Accounts of other dialects have their name in two pieces. */
const nameOf = ({ firstName, lastName }: Account): string | null =>
  [firstName, lastName].filter((part) => part !== null).join(' ') || null
