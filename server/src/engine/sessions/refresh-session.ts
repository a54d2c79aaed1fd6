import type { ProjectId } from '../../domain/project.ts'
import { judgeRefresh, type RefreshRefusal } from '../../domain/session.ts'
import { hashToken, mintRefreshToken, parseRefreshToken } from '../codes/opaque-tokens.ts'
import type { AccessTokens } from '../ports/access-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'
import { signTokens, type Tokens } from './open-session.ts'

export type RefreshOutcome = { ok: true; tokens: Tokens } | { ok: false; refusal: RefreshRefusal }

/** `refreshToken` is whatever the caller sent. */
export type RefreshSession = (command: {
  projectId: ProjectId
  refreshToken: unknown
}) => Promise<RefreshOutcome>

/** Exchanges a refresh token for a new pair (T3). Callers only learn whether a token is accepted. */
export function createRefreshSession({
  sessions,
  accessTokens,
}: {
  sessions: Pick<SessionStore, 'refresh'>
  accessTokens: Pick<AccessTokens, 'sign'>
}): RefreshSession {
  return async ({ projectId, refreshToken }) => {
    const presented = parseRefreshToken(refreshToken)
    if (presented === null) return { ok: false, refusal: 'unknown' }

    const next = mintRefreshToken()
    const { judgement, session, now } = await sessions.refresh(
      { projectId, hash: hashToken(presented), nextHash: hashToken(next) },
      judgeRefresh,
    )
    if (!judgement.ok) return { ok: false, refusal: judgement.refusal }
    if (session === null) throw new Error('a session was refreshed that nobody has opened')
    return { ok: true, tokens: await signTokens(accessTokens, { session, refreshToken: next, now }) }
  }
}
