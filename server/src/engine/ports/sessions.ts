import type { Account } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { LoginMethod } from '../../domain/evidence.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { RefreshJudgement, RefreshState, Session, SessionEnd, SessionId } from '../../domain/session.ts'

export type SessionStore = {
  /** Null when the account was disabled, or its password replaced, since the evidence was judged. */
  open(session: {
    projectId: ProjectId
    accountId: AccountId
    id: SessionId
    label: string | null
    refreshHash: Buffer
    lifeMilliseconds: number
    /** The password that was checked, or null when an address was proven. */
    passwordVersion: number | null
    /** Another address of the account, where one was proven: its lock is eased as `recordOtherProof` says (V4). */
    otherAddress: Address | null
    method: LoginMethod
  }): Promise<Session | null>
  /** Rotates a refresh token as `judge` says, under the lock of the session. What it decides is committed. */
  refresh(
    token: { projectId: ProjectId; hash: Buffer; nextHash: Buffer },
    judge: (state: RefreshState | null) => RefreshJudgement,
  ): Promise<{ judgement: RefreshJudgement; session: Session | null; now: Date }>
  /** The session with its account and the database's time. */
  find(projectId: ProjectId, id: SessionId): Promise<{ session: Session; account: Account; now: Date } | null>
  /** Ends a session of the account, and the one that the refresh token belongs to if it is the account's as well. */
  end(command: {
    projectId: ProjectId
    accountId: AccountId
    sessionId: SessionId
    refreshHash: Buffer | null
    reason: SessionEnd
  }): Promise<void>
}
