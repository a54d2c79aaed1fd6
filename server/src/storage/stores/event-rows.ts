import { type EventType, eventMoment, type RecordedEvent } from '../../domain/event.ts'

/** Replaces an address after its person was erased. */
export const erasedAddress = 'erased'

/**
 * The columns of an event and the joins to its address, for every statement that reads one; `e` is its table. The
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
