import type { EventScope, NewEvent, RecordedEvent } from '../../domain/event.ts'

/** `until` is exclusive; `after` is the id of the last event of the previous page. */
export type EventQuery = {
  scope: EventScope
  from: Date | null
  until: Date | null
  after: string | null
  limit: number
}

export type EventStore = {
  /** Oldest first. */
  page(query: EventQuery): Promise<RecordedEvent[]>
  record(event: NewEvent): Promise<void>
}
