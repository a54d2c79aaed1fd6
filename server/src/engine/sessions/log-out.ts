import type { ProjectId } from '../../domain/project.ts'
import { hashToken, parseRefreshToken } from '../codes/opaque-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'
import type { IdentifySession } from './authenticate.ts'

/** True when somebody was logged in and no longer is; false when the tokens end nothing. */
export type LogOut = (command: {
  projectId: ProjectId
  /** What stood after `Bearer`. One that has expired needs a refresh token of its own session beside it. */
  accessToken: unknown
  /** Whatever the body held. Anything but a refresh token of the same account is ignored. */
  refreshToken: unknown
}) => Promise<boolean>

/**
 * Ends the session of the access token, and with it every token of its family, on every node at once (T4). Whoever comes back
 * to an open page has an access token that has expired, and logs out all the same.
 */
export function createLogOut({
  sessions,
  identifySession,
}: {
  sessions: Pick<SessionStore, 'end' | 'hasRefreshToken'>
  identifySession: IdentifySession
}): LogOut {
  return async ({ projectId, accessToken, refreshToken }) => {
    const identified = await identifySession({ projectId, accessToken })
    if (identified === null) return false

    const { account, session, isAlive } = identified
    const presented = parseRefreshToken(refreshToken)
    const refreshHash = presented === null ? null : hashToken(presented)
    if (!isAlive && (refreshHash === null || !(await sessions.hasRefreshToken(session, refreshHash))))
      return false
    await sessions.end({
      projectId,
      accountId: account.id,
      sessionId: session.id,
      refreshHash,
      reason: 'logout',
    })
    return true
  }
}
