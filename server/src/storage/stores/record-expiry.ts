import type { ChallengeId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { idFloor } from '../batches/challenge-rows.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { repeatWork } from '../postgres/repeat-work.ts'
import type { Transaction } from '../postgres/sql.ts'

/*
 * Nothing happens in the database when a code expires, so this task looks for such codes. Ids begin with their second,
 * so each run reads the codes of an interval that began where the last one ended, by ranges of the primary key.
 */

/** The longest lifetime of a code, plus a margin for a send that commits late. */
const lifeSeconds = 600 + 15
const stretchSecondsMin = 5
const stretchSecondsMax = 3_600
/** An interval that held this many codes is followed by a shorter one. */
const foundMax = 5_000
const everyMilliseconds = 10_000

/** Records the codes that expired since the last run. Only one of several nodes does it. */
export async function recordExpiry(database: Database): Promise<void> {
  let stretchSeconds = stretchSecondsMin
  for (;;) {
    const result = await database.transaction((tx) => recordStretch(tx, stretchSeconds))
    if (result === null || result.isDone) return
    const factor = result.found > foundMax ? 0.5 : result.found < foundMax / 4 ? 2 : 1
    stretchSeconds = Math.min(stretchSecondsMax, Math.max(1, stretchSeconds * factor))
  }
}

async function recordStretch(
  tx: Transaction,
  stretchSeconds: number,
): Promise<{ found: number; isDone: boolean } | null> {
  await tx.query(
    'expiry-begin',
    `insert into cursors (name, position)
    values ('challenge.expired', clock_now() - make_interval(secs => $1))
    on conflict do nothing`,
    [lifeSeconds],
  )
  const [cursor] = await tx.query<{ position: Date; until: Date; is_done: boolean }>(
    'expiry-cursor',
    `select position, least(position + make_interval(secs => $1), bound) as until,
      position + make_interval(secs => $1) >= bound as is_done
    from cursors, lateral (select clock_now() - make_interval(secs => $2) as bound) b
    where name = 'challenge.expired' and position < bound
    for update of cursors skip locked`,
    [stretchSeconds, lifeSeconds],
  )
  if (cursor === undefined) return null

  const rows = await tx.query<ExpiredRow>('expiry-find', findSql, [
    idFloor(cursor.position),
    idFloor(cursor.until),
  ])
  await recordEvents(tx, rows.map(eventOfExpiry))
  await tx.query('expiry-advance', "update cursors set position = $1 where name = 'challenge.expired'", [
    cursor.until,
  ])
  return { found: rows.length, isDone: cursor.is_done }
}

// By project, because the keys begin with it. A code that was superseded by a newer one did not expire; decoys and
// notices have no code.
const findSql = `
  select c.project_id, encode(c.id, 'hex') as id, c.account_id, c.purpose, c.channel
  from projects p
  cross join lateral (
    select project_id, id, account_id, purpose, channel
    from challenges
    where project_id = p.id and id >= $1 and id < $2
      and content = 'code' and used_at is null and superseded_at is null
  ) c`

type ExpiredRow = {
  project_id: ProjectId
  id: ChallengeId
  account_id: number | null
  purpose: string
  channel: string
}

const eventOfExpiry = ({ project_id: scope, id, account_id, purpose, channel }: ExpiredRow): NewEvent => ({
  scope,
  type: 'challenge.expired',
  challengeId: id,
  accountId: account_id,
  details: { purpose, channel },
})

/** Records every ten seconds. Returns what ends it. */
export const startRecordingExpiry = ({
  database,
  onFault,
}: {
  database: Database
  onFault: (fault: unknown) => void
}): (() => Promise<void>) => repeatWork(() => recordExpiry(database), { everyMilliseconds, onFault })
