import type { ProjectId } from '../../domain/project.ts'
import { hashToken, parseRefreshToken } from '../codes/opaque-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'
import type { Authenticate } from './authenticate.ts'

/** True if a session ended; false if the access token is invalid. */
export type LogOut = (command: {
  projectId: ProjectId
  /** Whatever followed `Bearer`. */
  accessToken: unknown
  /** Whatever the body held. Anything but a refresh token of the same account is ignored. */
  refreshToken: unknown
}) => Promise<boolean>

/** Ends the session of the access token with all its refresh tokens, on every node at once (T4). */
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
