import { randomBytes } from 'node:crypto'
import { challengeIdFloor } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'
import { type AlikeEvents, chanceOfRow, gatherAlike } from './alike-events.ts'

/*
 * How events are written: in the transaction of the change that they record, so that neither a change without its event
 * nor an event without its change is possible (L1, I10).
 */

/**
 * One statement for a whole batch. Its last part queues each event for every webhook that subscribes to it: in the same
 * transaction, so that none is missed because a transaction with an earlier id commits later.
 */
const given = rowList({
  project_id: 'text',
  chance: 'bytea',
  type: 'text',
  challenge_id: 'bytea',
  account_id: 'bigint',
  challenge_ids: 'bytea',
  account_ids: 'bigint[]',
  address: 'text',
  details: 'json',
})
const insertSql = `
  with given as materialized (
    select project_id, coalesce(${given.after(1)}::bytea, event_time(clock_now())) || chance as id, type,
      challenge_id, account_id, challenge_ids, account_ids, address, details
    from ${given.from}
  ),
  recorded as (
    insert into events (project_id, id, type, challenge_id, account_id, challenge_ids, account_ids, details)
    select project_id, id, type, challenge_id, account_id, challenge_ids, account_ids, details
    from given
  ),
  people as (
    insert into event_people (project_id, event_id, address)
    select project_id, id, address
    from given
    where address is not null
  )
  insert into webhook_deliveries (project_id, event_id, endpoint_id, next_at)
  select g.project_id, event_id_at(g.id, place), w.id, clock_now()
  from given g
  join webhook_endpoints w on w.project_id = g.project_id and w.is_enabled and g.type = any(w.event_types)
  cross join lateral generate_series(0, events_in(g.challenge_ids) - 1) as place`

/** Records events at the end of a transaction. */
export async function recordEvents(tx: Transaction, events: NewEvent[]): Promise<void> {
  if (events.length > 0) await tx.query('events-insert', insertSql, [...given.values(rowsOf(events)), null])
}

/** Sends the events of a batch together with its commit; `now` is the moment that the batch was judged at. */
export function writeEvents(tx: BatchTransaction, events: NewEvent[], now: Date): void {
  if (events.length === 0) return
  const time = `\\x${challengeIdFloor(now).slice(0, 12)}`
  tx.write('events-insert', insertSql, [...given.values(rowsOf(events)), time])
}

/** One number is drawn for all rows: to draw one for each would cost more than the rest of them. */
function rowsOf(events: NewEvent[]) {
  const drawn = randomBytes(6).readUIntBE(0, 6)
  return gatherAlike(events).map((alike, index) => ({
    ...columnsOf(alike),
    chance: `\\x${chanceOfRow(drawn, index)}`,
  }))
}

const columnsOf = ({ event, challengeIds, accountIds }: AlikeEvents) => {
  const { scope, type, challengeId, accountId, address, details } = event
  const shared = { project_id: scope, type, address, details }
  return challengeIds.length > 1
    ? {
        ...shared,
        challenge_ids: `\\x${challengeIds.join('')}`,
        account_ids: accountIds.every((id) => id === null) ? undefined : accountIds,
      }
    : {
        ...shared,
        challenge_id: challengeId == null ? undefined : `\\x${challengeId}`,
        account_id: accountId ?? undefined,
      }
}
