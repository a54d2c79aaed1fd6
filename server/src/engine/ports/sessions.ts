import type { Account } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import type { LoginMethod } from '../../domain/evidence.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { RefreshJudgement, RefreshState, Session, SessionEnd, SessionId } from '../../domain/session.ts'
import type { MountName } from '../../domain/session-life.ts'

export type SessionStore = {
  /**
   * Null if the account was disabled, its password replaced, its address changed, or the kept proof spent, after the evidence
   * was judged.
   */
  open(session: {
    projectId: ProjectId
    accountId: AccountId
    id: SessionId
    label: string | null
    refreshHash: Buffer
    mount: MountName | null
    lifeSeconds: number
    /** The version of the checked password, or null if an address was proven. */
    passwordVersion: number | null
    /** The address that was proven, or null if a password was checked. */
    provenAddress: Address | null
    /** Another proven address of the account, or null. `recordOtherProof` eases its lock (V4). */
    otherAddress: Address | null
    method: LoginMethod
    /** The kept proof that opens the session and is spent by it, once; null if another evidence does. */
    keptProof: { challengeId: ChallengeId; claimHash: Buffer } | null
  }): Promise<Session | null>
  /** Rotates a refresh token as `judge` decides, under the lock of the session, and commits the decision. */
  refresh(
    token: { projectId: ProjectId; hash: Buffer; nextHash: Buffer },
    judge: (state: RefreshState | null) => RefreshJudgement,
  ): Promise<{ judgement: RefreshJudgement; session: Session | null; now: Date }>
  /** The session with its account, and the database's time. */
  find(projectId: ProjectId, id: SessionId): Promise<{ session: Session; account: Account; now: Date } | null>
  /** Whether a refresh token is of this session, spent or not. */
  hasRefreshToken(session: Pick<Session, 'projectId' | 'id'>, hash: Buffer): Promise<boolean>
  /** Ends a session of the account, and the one that the refresh token belongs to if it is the account's as well. */
  end(command: {
    projectId: ProjectId
    accountId: AccountId
    sessionId: SessionId
    refreshHash: Buffer | null
    reason: SessionEnd
  }): Promise<void>
}
