import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Session, SessionId } from '../../domain/session.ts'
import type { MountName } from '../../domain/session-life.ts'

/** The columns of a session `s`, for every statement that reads one. */
export const sessionColumns = `s.project_id as session_project_id, s.id as session_id, s.account_id, s.label, s.mount,
  s.created_at as session_created_at, s.last_used_at, s.expires_at, s.ended_at`

export type SessionRow = {
  session_project_id: ProjectId
  session_id: SessionId
  account_id: AccountId
  label: string | null
  mount: MountName | null
  session_created_at: Date
  last_used_at: Date
  expires_at: Date
  ended_at: Date | null
}

export const sessionFromRow = (row: SessionRow): Session => ({
  projectId: row.session_project_id,
  id: row.session_id,
  accountId: row.account_id,
  label: row.label,
  mount: row.mount,
  createdAt: row.session_created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
})

/** Several sessions are locked in the order of their keys, so that nobody who does deadlocks with another. */
export const inOrderOfLocks = 'order by project_id, id for no key update'
