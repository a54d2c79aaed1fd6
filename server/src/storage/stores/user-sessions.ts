import type { SessionEnd, SessionId } from '../../domain/session.ts'
import type { UserSessionStore } from '../../engine/ports/user-sessions.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import { inOrderOfLocks, type SessionRow, sessionColumns, sessionFromRow } from '../batches/session-rows.ts'

const reason: SessionEnd = 'operator'

/** The sessions of users as operators list and end them. */
export const createUserSessionStore = (database: Database): UserSessionStore => ({
  async list({ projectId, accountId, after, limit }) {
    const rows = await database.query<SessionRow>(
      'user-sessions-list',
      `select ${sessionColumns}
      from sessions s
      where s.project_id = $1 and s.account_id = $2 and s.ended_at is null and s.expires_at > clock_now()
        and ($3::uuid is null or (s.created_at, s.id) < (
          select last.created_at, last.id from sessions last where last.project_id = $1 and last.id = $3))
      order by s.created_at desc, s.id desc
      limit $4`,
      [projectId, accountId, after, limit],
    )
    return rows.map(sessionFromRow)
  },

  end: ({ projectId, accountId, sessionId }) =>
    database.transaction(async (tx) => {
      const ended = await tx.query<{ id: SessionId }>(
        'user-sessions-end',
        `update sessions
        set ended_at = clock_now(), end_reason = $4
        where project_id = $1 and id = any (array(
          select id
          from sessions
          where project_id = $1 and account_id = $2 and ended_at is null and ($3::uuid is null or id = $3)
          ${inOrderOfLocks}
        ))
        returning id`,
        [projectId, accountId, sessionId, reason],
      )
      const about = { scope: projectId, type: 'session.ended', accountId } as const
      await recordActions(
        tx,
        ended.map(({ id }) => ({ ...about, details: { sessionId: id, reason } })),
      )
      return ended.map(({ id }) => id)
    }),
})
