import { type EventType, eventMoment, type RecordedEvent } from '../../domain/event.ts'

/** Replaces an address after its person was erased. */
export const erasedAddress = 'erased'

/**
 * The events of rows, one by one, with `row_id`: a row holds what happened alike to several challenges in one batch. `rows` is a
 * table or a subquery with all columns of `events`; the ids are computed, so what bounds the rows has to stand in it.
 */
export const singleEvents = (rows = 'events'): string => `(
    select r.project_id, event_id_at(r.id, place) as id, r.id as row_id, r.type,
      coalesce(r.challenge_id, substr(r.challenge_ids, 12 * place + 1, 12)) as challenge_id,
      coalesce(r.account_id, r.account_ids[place + 1]) as account_id, r.details
    from ${rows} r
    cross join lateral generate_series(0, events_in(r.challenge_ids) - 1) as place
  )`

/**
 * One event by the expressions of its project and its id. It is in a row with its own id, or in the row of several that its id
 * is counted from.
 */
export const eventById = (projectId: string, id: string): string => `(
    select *
    from ${singleEvents(`(
      select *
      from events
      where project_id = ${projectId} and id in (${id}, event_row_id(${id}))
    )`)} s
    where s.id = ${id}
    limit 1
  )`

/**
 * The columns of an event and the joins to its address, for every statement that reads one; `e` is what it is read
 * from, one event a row. The
 * address is looked up first where the event stored it itself, then in its challenge, then in its account.
 */
export const eventColumns = `e.project_id, encode(e.id, 'hex') as id, e.type, encode(e.challenge_id, 'hex') as challenge_id,
  e.account_id, e.details,
  coalesce(p.address, nullif(c.address, '${erasedAddress}'), a.email, a.phone) as address`

export const eventJoins = `
  left join event_people p on p.project_id = e.project_id and p.event_id = e.id
  left join challenges c on c.project_id = e.project_id and c.id = e.challenge_id
  left join accounts a on a.project_id = e.project_id and a.id = e.account_id`

export type EventRow = {
  project_id: string
  id: string
  type: EventType
  challenge_id: string | null
  account_id: number | null
  details: Record<string, unknown>
  address: string | null
}

export const eventFromRow = (row: EventRow): RecordedEvent => ({
  id: row.id,
  scope: row.project_id,
  type: row.type,
  at: eventMoment(row.id),
  challengeId: row.challenge_id,
  accountId: row.account_id,
  address: row.address,
  details: row.details,
})
