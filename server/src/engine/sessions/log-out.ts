import type { ProjectId } from '../../domain/project.ts'
import { hashToken, parseRefreshToken } from '../codes/opaque-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'
import type { Authenticate } from './authenticate.ts'

/** True when somebody was logged in and no longer is; false when the access token opens nothing. */
export type LogOut = (command: {
  projectId: ProjectId
  /** What stood after `Bearer`. */
  accessToken: unknown
  /** What the body held; anything that is no refresh token of the same account is passed over. */
  refreshToken: unknown
}) => Promise<boolean>

/** Ends the session of the access token, and with it every token of its family, on every node at once (T4). */
export function createLogOut({
  sessions,
  authenticate,
}: {
  sessions: Pick<SessionStore, 'end'>
  authenticate: Authenticate
}): LogOut {
  return async ({ projectId, accessToken, refreshToken }) => {
    const authenticated = await authenticate({ projectId, accessToken })
    if (authenticated === null) return false

    const presented = parseRefreshToken(refreshToken)
    await sessions.end({
      projectId,
      accountId: authenticated.account.id,
      sessionId: authenticated.session.id,
      refreshHash: presented === null ? null : hashToken(presented),
      reason: 'logout',
    })
    return true
  }
}
