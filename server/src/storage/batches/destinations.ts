import type { ProjectId } from '../../domain/project.ts'
import { type DestinationState, destinationAt, release, type StopReason } from '../../domain/pumping.ts'
import type { StoppedPrefix, StoppedPrefixStore } from '../../engine/ports/stopped-prefixes.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'
import { lockNames } from './batch-locks.ts'
import { asActions } from './actions.ts'
import { writeEvents } from './events.ts'

/*
 * What is counted for each phone prefix. Batches read and write it under the locks that they take anyway; a batch with
 * e-mail only sends none of these statements.
 */

export type DestinationUse = { projectId: ProjectId; prefix: string }

/** The prefixes of a batch, as they change from one judgement to the next. */
export type BatchDestinations = {
  of(use: DestinationUse): { state: DestinationState | null; projectSince: Date }
  set(use: DestinationUse, state: DestinationState): void
  /** Sends what has changed. */
  write(tx: BatchTransaction): void
}

/** The name that is locked for a prefix. */
export const destinationLock = ({ projectId, prefix }: DestinationUse): string =>
  `destination:${projectId}:${prefix}`

const wanted = rowList({ project_id: 'text', prefix: 'text' })
const columns =
  'd.slot_at, d.sends, d.verified, d.day_at, d.days, d.stopped_until, d.stop_reason, d.released_until'

const readAll = `
  select i.project_id, i.prefix, p.created_at as project_since, ${columns}
  from ${wanted.from}
  join projects p on p.id = i.project_id
  left join destinations d on d.project_id = i.project_id and d.prefix = i.prefix`

const counted = rowList({
  project_id: 'text',
  prefix: 'text',
  slot_at: 'timestamptz',
  sends: 'integer[]',
  verified: 'integer[]',
  day_at: 'timestamptz',
  days: 'integer[]',
  stopped_until: 'timestamptz',
  stop_reason: 'text',
  released_until: 'timestamptz',
})
const writeAll = `
  insert into destinations (${counted.columns}, updated_at)
  select ${counted.columns}, clock_now()
  from ${counted.from}
  on conflict (project_id, prefix)
  do update set slot_at = excluded.slot_at, sends = excluded.sends, verified = excluded.verified,
    day_at = excluded.day_at, days = excluded.days, stopped_until = excluded.stopped_until,
    stop_reason = excluded.stop_reason, released_until = excluded.released_until, updated_at = excluded.updated_at`

type DestinationRow = {
  project_id: ProjectId
  prefix: string
  project_since: Date
  /** Null, like the columns below, if nothing was sent before. */
  slot_at: Date | null
  sends: number[]
  verified: number[]
  day_at: Date
  days: number[]
  stopped_until: Date | null
  stop_reason: StopReason | null
  released_until: Date | null
}

const destinationFromRow = (row: DestinationRow): DestinationState | null =>
  row.slot_at === null
    ? null
    : {
        slotAt: row.slot_at,
        sends: row.sends,
        verified: row.verified,
        dayAt: row.day_at,
        days: row.days,
        stoppedUntil: row.stopped_until,
        stopReason: row.stop_reason,
        releasedUntil: row.released_until,
      }

const rowOfDestination = ({ projectId, prefix }: DestinationUse, state: DestinationState) => ({
  project_id: projectId,
  prefix,
  slot_at: state.slotAt,
  sends: state.sends,
  verified: state.verified,
  day_at: state.dayAt,
  days: state.days,
  stopped_until: state.stoppedUntil,
  stop_reason: state.stopReason,
  released_until: state.releasedUntil,
})

/** Reads the prefixes that the requests of a batch name. Their names are already locked. */
export async function readDestinations(tx: Transaction, uses: DestinationUse[]): Promise<BatchDestinations> {
  const distinct = new Map(uses.map((use) => [destinationLock(use), use]))
  const keys = [...distinct.values()].map(({ projectId, prefix }) => ({ project_id: projectId, prefix }))
  const rows =
    keys.length === 0 ? [] : await tx.query<DestinationRow>('destinations-read', readAll, wanted.values(keys))
  const known = new Map(
    rows.map((row) => [
      destinationLock({ projectId: row.project_id, prefix: row.prefix }),
      { state: destinationFromRow(row), projectSince: row.project_since },
    ]),
  )
  const changed = new Map<string, ReturnType<typeof rowOfDestination>>()

  const of: BatchDestinations['of'] = (use) => {
    const found = known.get(destinationLock(use))
    if (found === undefined) throw new Error(`project ${use.projectId} does not exist`)
    return found
  }

  return {
    of,
    set(use, state) {
      const name = destinationLock(use)
      known.set(name, { projectSince: of(use).projectSince, state })
      changed.set(name, rowOfDestination(use, state))
    },
    write(tx) {
      if (changed.size > 0) tx.write('destinations-write', writeAll, counted.values([...changed.values()]))
    },
  }
}

/** The store of stopped prefixes, for operators. */
export const createStoppedPrefixStore = (database: Database): StoppedPrefixStore => ({
  async list(projectId) {
    const rows = await database.query<DestinationRow & { now: Date }>(
      'destinations-stopped',
      `select d.project_id, d.prefix, clock.now as project_since, clock.now, ${columns}
      from (select clock_now() as now) clock
      join destinations d on d.stopped_until > clock.now
      where $1::text is null or d.project_id = $1
      order by d.project_id, d.prefix`,
      [projectId],
    )
    return rows.flatMap(stoppedPrefixesFromRow)
  },

  release: (projectId, prefix) =>
    database.batch(async (tx) => {
      const use = { projectId, prefix }
      const [, rows, now] = await Promise.all([
        lockNames(tx, [destinationLock(use)]),
        tx.query<DestinationRow>(
          'destinations-read',
          readAll,
          wanted.values([{ project_id: projectId, prefix }]),
        ),
        readClock(tx),
      ])
      const state = rows[0] === undefined ? null : destinationFromRow(rows[0])
      if (state?.stoppedUntil == null || state.stoppedUntil <= now) return false
      const released = release(destinationAt(state, now), now)
      tx.write('destinations-write', writeAll, counted.values([rowOfDestination(use, released)]))
      writeEvents(
        tx,
        asActions(tx, [{ scope: projectId, type: 'destination.released', details: { prefix } }]),
        now,
      )
      return true
    }),
})

function stoppedPrefixesFromRow(row: DestinationRow & { now: Date }): StoppedPrefix[] {
  const state = destinationFromRow(row)
  if (state === null || state.stoppedUntil === null || state.stopReason === null) return []
  const { sends, verified } = destinationAt(state, row.now)
  return [
    {
      projectId: row.project_id,
      prefix: row.prefix,
      reason: state.stopReason,
      until: state.stoppedUntil,
      sends: sends.reduce((sum, count) => sum + count, 0),
      verified: verified.reduce((sum, count) => sum + count, 0),
    },
  ]
}
