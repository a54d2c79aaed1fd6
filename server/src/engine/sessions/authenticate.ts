import type { Account } from '../../domain/account.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import { isAccessAlive, type Session } from '../../domain/session.ts'
import type { AccessTokens } from '../ports/access-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'

/** `accessToken` is whatever followed `Bearer`. */
export type Authenticate = (command: {
  projectId: ProjectId
  accessToken: unknown
}) => Promise<Authenticated | null>

export type Authenticated = { account: Account; session: Session }

/**
 * Finds the account and session of an access token; null for every invalid token, whatever the reason. The session is
 * loaded each time, so that a logout, a reset or a disabling on any node takes effect at once (T4). The signature is
 * checked first, so that a forged token costs no query.
 */
export function createAuthenticate({
  sessions,
  accessTokens,
}: {
  sessions: Pick<SessionStore, 'find'>
  accessTokens: Pick<AccessTokens, 'read'>
}): Authenticate {
  return async ({ projectId, accessToken }) => {
    if (typeof accessToken !== 'string') return null
    const claims = await accessTokens.read(new Secret(accessToken), projectId)
    if (claims === null) return null

    const found = await sessions.find(projectId, claims.sessionId)
    if (found === null) return null
    const { account, session, now } = found
    const isAlive = isAccessAlive(claims, session, now) && account.isActive && account.id === claims.accountId
    return isAlive ? { account, session } : null
  }
}

/** The token of an `Authorization` header (RFC 6750 section 2.1), or null. */
export function parseBearer(header: unknown): string | null {
  return typeof header === 'string' ? (/^Bearer +([\w.~+/=-]+)$/i.exec(header.trim())?.[1] ?? null) : null
}
