import type { Account } from '../../domain/account.ts'
import type { Tokens } from '../../engine/sessions/open-session.ts'

/** An account. With a token of another dialect it may have no e-mail address, or one name only. */
export const renderUser = (account: Account) => ({
  id: account.id,
  email: account.email,
  firstname: account.firstName ?? account.fullName,
  lastname: account.lastName,
  isVerified: account.emailVerifiedAt !== null || account.phoneVerifiedAt !== null,
  createdAt: account.createdAt.toISOString(),
})

/** A pair of tokens: the only place where this dialect reveals them. */
export const renderTokens = ({ accessToken, refreshToken, expiresInSeconds }: Tokens) => ({
  accessToken: accessToken.reveal(),
  refreshToken: refreshToken.reveal(),
  tokenType: 'Bearer' as const,
  expiresIn: expiresInSeconds,
})

/** Seconds from sending to expiry. */
export const lifeSeconds = ({ createdAt, expiresAt }: { createdAt: Date; expiresAt: Date }): number =>
  Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000)
