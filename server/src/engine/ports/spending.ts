import type { Channel, Region } from '../../domain/address.ts'
import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'

/*
 * What the engine and delivery need to keep the cost of messages within bounds. Storage implements it.
 */

/** Money that was set aside for one message before it was sent. `day` is in UTC, such as `2026-03-01`. */
export type Reservation = { day: string; amount: Micros }

/** What a project may spend; null if unlimited. */
export type SpendingCaps = { perDay: Micros | null; perMonth: Micros | null }

/** What projects spend. The outbox records it; this port keeps it within caps. */
export type SpendingStore = {
  /** Sets money aside for each request in order; null if a cap would be exceeded. */
  reserve(requests: SpendingRequest[]): Promise<(Reservation | null)[]>
  /** What was spent, by day, carrier and country, newest first. The bounds are days, both inclusive. */
  report(query: { projectId: ProjectId; from: string | null; until: string | null }): Promise<SpendingLine[]>
}

export type SpendingRequest = { projectId: ProjectId; amount: Micros; caps: SpendingCaps }

export type SpendingLine = {
  day: string
  channel: Channel
  carrier: string
  /** Null for e-mail, and for numbers of no country. */
  country: Region | null
  messages: number
  cost: Micros
}
