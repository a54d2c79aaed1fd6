import type { EventStore } from '../../engine/ports/events.ts'
import { idFloor } from '../batches/challenge-rows.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { type EventRow, eventColumns, eventFromRow, eventJoins } from './event-rows.ts'

/** Reads events page by page along the primary key: every page costs the same, and nothing stays open. */
export const createEventStore = (database: Database): EventStore => ({
  async page({ scope, from, until, after, limit }) {
    const low = after ?? (from === null ? '' : idFloor(from).slice(2))
    const high = until === null ? null : idFloor(until)
    const rows = await database.query<EventRow>(
      after === null ? 'events-first' : 'events-after',
      // The page is cut out before the join, so that no plan reads more records than it has events.
      `select ${eventColumns}
      from (
        select project_id, id, type, challenge_id, account_id, details
        from events
        where project_id = $1 and id ${after === null ? '>=' : '>'} $2 and ($3::bytea is null or id < $3)
        order by id
        limit $4
      ) e
      ${eventJoins}
      order by e.id`,
      [scope, `\\x${low}`, high, limit],
    )
    return rows.map(eventFromRow)
  },

  record: (event) => database.transaction((tx) => recordEvents(tx, [event])),
})
