import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import { judgeRefresh, type RefreshRefusal } from '../../domain/session.ts'
import type { LifeOf } from '../../domain/session-life.ts'
import { refusedRefreshLimits } from '../codes/limits.ts'
import { hashToken, mintRefreshToken, parseRefreshToken } from '../codes/opaque-tokens.ts'
import type { AccessTokens } from '../ports/access-tokens.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { SessionStore } from '../ports/sessions.ts'
import { signTokens, type Tokens } from './open-session.ts'

export type RefreshOutcome =
  | { ok: true; tokens: Tokens }
  | { ok: false; refusal: RefreshRefusal | 'too-many-requests'; retryAfterSeconds: number | null }

/** `refreshToken` is whatever the caller sent. */
export type RefreshSession = (command: {
  project: Project
  refreshToken: unknown
  caller: Caller | null
}) => Promise<RefreshOutcome>

/**
 * Exchanges a refresh token for a new pair (T3). Callers only learn whether a token is accepted. A network whose refreshes
 * were refused too often is told to wait; a live token works there all the same, or one caller could log out everybody who
 * shares its network.
 */
export function createRefreshSession({
  sessions,
  challenges,
  accessTokens,
  lifeOf,
}: {
  sessions: Pick<SessionStore, 'refresh'>
  challenges: Pick<ChallengeStore, 'countEvent'>
  accessTokens: Pick<AccessTokens, 'sign'>
  lifeOf: LifeOf
}): RefreshSession {
  const refuse = async (
    refusal: Exclude<RefreshRefusal, 'too-soon'>,
    { project, caller }: { project: Project; caller: Caller | null },
  ): Promise<RefreshOutcome> => {
    for (const limit of refusedRefreshLimits(project, caller)) {
      const { isExceeded, resetSeconds } = await challenges.countEvent(project.id, limit, null)
      if (isExceeded) return { ok: false, refusal: 'too-many-requests', retryAfterSeconds: resetSeconds }
    }
    return { ok: false, refusal, retryAfterSeconds: null }
  }

  return async ({ project, refreshToken, caller }) => {
    const presented = parseRefreshToken(refreshToken)
    if (presented === null) return refuse('unknown', { project, caller })

    const next = mintRefreshToken()
    const { judgement, session, now } = await sessions.refresh(
      { projectId: project.id, hash: hashToken(presented), nextHash: hashToken(next) },
      (state) => judgeRefresh(state, lifeOf),
    )
    if (!judgement.ok) {
      const { refusal, retryAfterSeconds } = judgement
      // The token is live, so it says nothing about its network.
      if (refusal === 'too-soon') return { ok: false, refusal, retryAfterSeconds }
      return refuse(refusal, { project, caller })
    }
    if (session === null) throw new Error('a session was refreshed that nobody has opened')
    return {
      ok: true,
      tokens: signTokens({ accessTokens, lifeOf }, { session, refreshToken: next, now }),
    }
  }
}
