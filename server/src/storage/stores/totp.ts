import type { ProjectId } from '../../domain/project.ts'
import type { TotpOwner, TotpStore } from '../../engine/ports/totp.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'

type TotpRow = {
  sealed: Buffer
  is_confirmed: boolean
  last_step: number
  failures_in_row: number
  locked_until: Date | null
  now: Date
}

const findSql = `
  select sealed, confirmed_at is not null as is_confirmed, last_step, failures_in_row, locked_until, clock_now() as now
  from totp_authenticators
  where project_id = $1 and subject = $2
  for update`

const storeSql = `
  update totp_authenticators
  set last_step = $3, failures_in_row = $4, locked_until = $5,
    confirmed_at = case when $6 then coalesce(confirmed_at, clock_now()) end
  where project_id = $1 and subject = $2`

/** The store of authenticator apps. */
export const createTotpStore = (database: Database): TotpStore => ({
  async begin({ projectId, subject }, sealed) {
    const rows = await database.query(
      'totp-begin',
      `insert into totp_authenticators as t (project_id, subject, sealed)
      values ($1, $2, $3)
      on conflict (project_id, subject) do update
      set sealed = excluded.sealed, last_step = 0, failures_in_row = 0, locked_until = null
      where t.confirmed_at is null
      returning 1`,
      [projectId, subject, sealed],
    )
    return rows.length > 0
  },

  decide: ({ projectId, subject }, judge) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<TotpRow>('totp-lock', findSql, [projectId, subject])
      if (row === undefined) return null
      const { result, next, isConfirmed, events } = judge(
        {
          sealed: row.sealed,
          isConfirmed: row.is_confirmed,
          lastStep: row.last_step,
          failuresInRow: row.failures_in_row,
          lockedUntil: row.locked_until,
        },
        row.now,
      )
      const { lastStep, failuresInRow, lockedUntil } = next
      const state = [lastStep, failuresInRow, lockedUntil, isConfirmed]
      await tx.query('totp-store', storeSql, [projectId, subject, ...state])
      await recordActions(tx, events)
      return result
    }),

  remove: ({ projectId, subject }, event) =>
    database.transaction(async (tx) => {
      const rows = await tx.query(
        'totp-remove',
        `delete from totp_authenticators
        where project_id = $1 and subject = $2 and confirmed_at is not null
        returning 1`,
        [projectId, subject],
      )
      if (rows.length > 0) await recordActions(tx, [event])
      return rows.length > 0
    }),

  async listSealed() {
    const rows = await database.query<{ project_id: ProjectId; subject: string; sealed: Buffer }>(
      'totp-sealed',
      'select project_id, subject, sealed from totp_authenticators',
    )
    return rows.map(({ project_id: projectId, ...row }): TotpOwner & { sealed: Buffer } => ({
      projectId,
      ...row,
    }))
  },

  async reseal({ projectId, subject }, before, after) {
    await database.query(
      'totp-reseal',
      'update totp_authenticators set sealed = $4 where project_id = $1 and subject = $2 and sealed = $3',
      [projectId, subject, before, after],
    )
  },
})
