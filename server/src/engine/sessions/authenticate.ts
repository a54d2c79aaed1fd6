import type { Account } from '../../domain/account.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import { isAccessAlive, isSessionOpen, type Session } from '../../domain/session.ts'
import type { LifeOf } from '../../domain/session-life.ts'
import type { AccessTokens } from '../ports/access-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'

/** `accessToken` is whatever followed `Bearer`. */
export type Authenticate = (command: {
  projectId: ProjectId
  accessToken: unknown
}) => Promise<Authenticated | null>

export type Authenticated = { account: Account; session: Session }

/** The same for a token that may have expired, of a session that is still open. It opens nothing by itself. */
export type IdentifySession = (command: {
  projectId: ProjectId
  accessToken: unknown
}) => Promise<(Authenticated & { isAlive: boolean }) | null>

/** The session that an access token belongs to; null for any token that is not valid. */
export const createAuthenticate =
  (identifySession: IdentifySession): Authenticate =>
  async (command) => {
    const identified = await identifySession(command)
    return identified?.isAlive ? { account: identified.account, session: identified.session } : null
  }

/**
 * Tells which open session an access token is of. The session is looked up each time, so that a logout, a reset or a
 * disabling on any node holds at once (T4); the signature comes first, so that a made-up token costs no statement.
 */
export function createIdentifySession({
  sessions,
  accessTokens,
  lifeOf,
}: {
  sessions: Pick<SessionStore, 'find'>
  accessTokens: Pick<AccessTokens, 'read'>
  lifeOf: LifeOf
}): IdentifySession {
  return async ({ projectId, accessToken }) => {
    if (typeof accessToken !== 'string') return null
    const claims = accessTokens.read(new Secret(accessToken), projectId)
    if (claims === null) return null

    const found = await sessions.find(projectId, claims.sessionId)
    if (found === null) return null
    const { account, session, now } = found
    const moment = { now, life: lifeOf(session.mount) }
    if (!isSessionOpen(session, moment) || !account.isActive || account.id !== claims.accountId) return null
    return { account, session, isAlive: isAccessAlive(claims, session, moment) }
  }
}

/** The token of an `Authorization` header (RFC 6750 section 2.1), or null. */
export function parseBearer(header: unknown): string | null {
  return typeof header === 'string' ? (/^Bearer +([\w.~+/=-]+)$/i.exec(header.trim())?.[1] ?? null) : null
}
