import type { EventStore } from '../../engine/ports/events.ts'
import { idFloor } from '../batches/challenge-rows.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import { type EventRow, eventColumns, eventFromRow, eventJoins, singleEvents } from './event-rows.ts'

/** Reads events page by page along the primary key: every page costs the same, and nothing stays open. */
export const createEventStore = (database: Database): EventStore => ({
  async page({ scope, from, until, after, limit }) {
    const low = after === null ? idFloor(from ?? new Date(0)) : `\\x${after}`
    const high = until === null ? null : idFloor(until)
    const rows = await database.query<EventRow>(
      after === null ? 'events-first' : 'events-after',
      pageSql(after === null ? '>=' : '>'),
      [scope, low, high, limit],
    )
    return rows.map(eventFromRow)
  },

  record: (event) => database.transaction((tx) => recordActions(tx, [event])),
})

// The page is cut out before the join, so that no plan reads more records than it has events; and before that the rows, of which
// each has at least one event of the page. The events of a row share their millisecond, so the row ends a range as they do.
const pageSql = (isBeyond: '>' | '>='): string => `
  select ${eventColumns}
  from (
    select *
    from ${singleEvents(`(
      select *
      from events
      where project_id = $1 and id >= event_row_id($2) and ($3::bytea is null or id < $3)
        and event_id_at(id, events_in(challenge_ids) - 1) ${isBeyond} $2
      order by id
      limit $4
    )`)} s
    where id ${isBeyond} $2
    order by row_id, id
    limit $4
  ) e
  ${eventJoins}
  order by e.row_id, e.id`
