import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import type { EventScope, NewEvent } from '../../domain/event.ts'

/*
 * Which events share a row. Most of what a batch records differs in nothing but the challenges that it happened to, and a row
 * for each would be a third of what PostgreSQL does for a send.
 */

/** The last six bits of the id of a row number its events; the table checks it. */
export const eventsPerRowMax = 64

const chancesCount = 2 ** 48

/**
 * What the id of a row ends in, for the rows of one transaction by their number. `drawn` is what chance has given to all of them,
 * 48 bits. They follow each other at the distance of as many events as a row may hold, so no two share the id of an event, and
 * what happened at one moment is read in the order in which it was recorded.
 */
export function chanceOfRow(drawn: number, index: number): string {
  const first = drawn - (drawn % eventsPerRowMax)
  return ((first + index * eventsPerRowMax) % chancesCount).toString(16).padStart(12, '0')
}

/** Events of one row. An event without a challenge is in no list. */
export type AlikeEvents = {
  /** The first of them. */
  event: NewEvent
  challengeIds: ChallengeId[]
  accountIds: (AccountId | null)[]
}

/**
 * Puts events into rows, those of one kind together. Of several events in a row about one challenge each comes in a later row
 * than the one before, so that they are read in the order in which they happened.
 */
export function gatherAlike(events: readonly NewEvent[]): AlikeEvents[] {
  const rows: AlikeEvents[] = []
  /** The rows that may get more, by scope: their numbers, in ascending order. */
  const openRows = new Map<EventScope, number[]>()
  let previous: { challengeId: ChallengeId | null; place: number } = { challengeId: null, place: -1 }

  for (const event of events) {
    const { scope, challengeId = null, accountId = null, address } = event
    if (challengeId === null || address !== undefined) {
      rows.push({ event, challengeIds: [], accountIds: [] })
      continue
    }
    const open = openRows.get(scope) ?? []
    const earliest = challengeId === previous.challengeId ? previous.place + 1 : 0
    let place = open.findLast((at) => at >= earliest && isAlike((rows[at] as AlikeEvents).event, event))
    let row = place === undefined ? undefined : rows[place]
    if (place === undefined || row === undefined || row.challengeIds.length === eventsPerRowMax) {
      place = rows.length
      row = { event, challengeIds: [], accountIds: [] }
      rows.push(row)
      openRows.set(scope, [...open, place])
    }
    row.challengeIds.push(challengeId)
    row.accountIds.push(accountId)
    previous = { challengeId, place }
  }
  return rows
}

/** Of one type and with the same details. Lists are never the same, which costs a row and nothing else. */
function isAlike(one: NewEvent, other: NewEvent): boolean {
  if (one.type !== other.type) return false
  const [details, others]: Record<string, unknown>[] = [one.details, other.details]
  for (const name in details) if (details[name] !== others?.[name]) return false
  return true
}
