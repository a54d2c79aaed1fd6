import { randomBytes } from 'node:crypto'
import { challengeIdFloor } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'

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
  id: 'bytea',
  type: 'text',
  challenge_id: 'bytea',
  account_id: 'bigint',
  address: 'text',
  details: 'json',
})
const insertSql = `
  with given as materialized (
    select project_id, coalesce(id, event_id(clock_now())) as id, type, challenge_id, account_id, address, details
    from ${given.from}
  ),
  recorded as (
    insert into events (project_id, id, type, challenge_id, account_id, details)
    select project_id, id, type, challenge_id, account_id, details
    from given
  ),
  people as (
    insert into event_people (project_id, event_id, address)
    select project_id, id, address
    from given
    where address is not null
  )
  insert into webhook_deliveries (project_id, event_id, endpoint_id, next_at)
  select g.project_id, g.id, w.id, clock_now()
  from given g
  join webhook_endpoints w on w.project_id = g.project_id and w.is_enabled and g.type = any(w.event_types)`

/** Records events at the end of a transaction. */
export async function recordEvents(tx: Transaction, events: NewEvent[]): Promise<void> {
  if (events.length > 0) await tx.query('events-insert', insertSql, given.values(events.map(eventColumns)))
}

/** Sends the events of a batch together with its commit; `now` is the moment that the batch was judged at. */
export function writeEvents(tx: BatchTransaction, events: NewEvent[], now: Date): void {
  if (events.length === 0) return
  // Random bytes are drawn once per batch: so few bytes for each event would cost more than the rest of its row.
  const chance = randomBytes(6 * events.length).toString('hex')
  // In ascending order, so that the events of one moment are read in the order in which they happened.
  const ends = events.map((_, index) => chance.slice(12 * index, 12 * index + 12)).sort()
  const start = `\\x${challengeIdFloor(now).slice(0, 12)}`
  const rows = events.map((event, index) => ({ ...eventColumns(event), id: `${start}${ends[index]}` }))
  tx.write('events-insert', insertSql, given.values(rows))
}

const eventColumns = ({ scope, type, challengeId, accountId, address, details }: NewEvent) => ({
  project_id: scope,
  type,
  challenge_id: challengeId == null ? undefined : `\\x${challengeId}`,
  account_id: accountId ?? undefined,
  address,
  details,
})
