import type { ProjectId } from '../../domain/project.ts'
import type { Session, SessionId } from '../../domain/session.ts'
import type { SessionStore } from '../../engine/ports/sessions.ts'
import { createBatcher } from '../batches/batcher.ts'
import { recordEvents } from '../batches/events.ts'
import { type NewSession, openSessions } from '../batches/open-sessions.ts'
import { type PendingRefresh, refreshSessions } from '../batches/refresh-sessions.ts'
import { createRepeatedRefusals, type RepeatedRefusals } from '../batches/repeated-refusals.ts'
import { inOrderOfLocks } from '../batches/session-rows.ts'
import type { Database } from '../postgres/database.ts'
import { findSessions } from './find-sessions.ts'

type Found = Awaited<ReturnType<SessionStore['find']>>
type Sought = { projectId: ProjectId; id: SessionId }
type Refreshed = Awaited<ReturnType<SessionStore['refresh']>>

/**
 * The store of sessions: logins, refreshes and lookups go through their batchers, rare statements directly. Nothing is cached: a
 * session that ended on one node has ended on all (T4).
 */
export function createSessionStore(
  database: Database,
  refusals: RepeatedRefusals = createRepeatedRefusals(),
): SessionStore {
  const open = createBatcher<NewSession, Session | null>({
    decideAll: (sessions) => openSessions(database, sessions),
    subjectOf: ({ projectId, accountId }) => `${projectId} ${accountId}`,
    groupOf: ({ projectId }) => projectId,
  })
  const refresh = createBatcher<PendingRefresh, Refreshed>({
    decideAll: (pending) => refreshSessions(database, pending, refusals),
    subjectOf: ({ token: { projectId, hash } }) => `${projectId} ${hash.toString('hex')}`,
    groupOf: ({ token: { projectId } }) => projectId,
  })
  const find = createBatcher<Sought, Found>({
    decideAll: (sought) => findSessions(database, sought),
    subjectOf: ({ projectId, id }) => `${projectId} ${id}`,
    groupOf: ({ projectId }) => projectId,
  })

  return {
    open,
    refresh: (token, judge) => refresh({ token, judge }),
    find: (projectId, id) => find({ projectId, id }),

    async hasRefreshToken({ projectId, id }, hash) {
      const rows = await database.query(
        'sessions-token',
        'select hash from refresh_tokens where project_id = $1 and hash = $2 and session_id = $3',
        [projectId, hash, id],
      )
      return rows.length > 0
    },

    async end({ projectId, accountId, sessionId, refreshHash, reason }) {
      await database.transaction(async (tx) => {
        const ended = await tx.query<{ id: SessionId }>('sessions-end', endSql, [
          projectId,
          accountId,
          sessionId,
          refreshHash,
          reason,
        ])
        const about = { scope: projectId, type: 'session.ended', accountId } as const
        await recordEvents(
          tx,
          ended.map(({ id }) => ({ ...about, details: { sessionId: id, reason } })),
        )
      })
    },
  }
}

const endSql = `
  update sessions
  set ended_at = clock_now(), end_reason = $5
  where project_id = $1 and id = any (array(
    select id
    from sessions
    where project_id = $1 and account_id = $2 and ended_at is null
      and (id = $3 or id = (select session_id from refresh_tokens where project_id = $1 and hash = $4))
    ${inOrderOfLocks}
  ))
  returning id`
