import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Session, SessionId } from '../../domain/session.ts'

/** The sessions of a user, for operators. */
export type UserSessionStore = {
  /** Those that have neither ended nor reached their greatest age, newest first, after the session `after`. */
  list(query: {
    projectId: ProjectId
    accountId: AccountId
    after: SessionId | null
    limit: number
  }): Promise<Session[]>
  /** Ends one session of the account, or all of them where `sessionId` is null. The ids of those that it ended (T4). */
  end(command: {
    projectId: ProjectId
    accountId: AccountId
    sessionId: SessionId | null
  }): Promise<SessionId[]>
}
