import { eventCatalogue, type NewEvent } from '../../domain/event.ts'
import type { Transaction } from '../postgres/sql.ts'
import { recordEvents } from './events.ts'

/** Records what somebody did, and who. The store knows who, because it was made for somebody who acts. */
export const recordActions = (tx: Transaction, events: NewEvent[]): Promise<void> =>
  recordEvents(tx, asActions(tx, events))

/** The same events, with whose deed they are: always where they are one by their nature, else where it is not the server's. */
export const asActions = ({ actor = 'server' }: Pick<Transaction, 'actor'>, events: NewEvent[]): NewEvent[] =>
  events.map((event) =>
    eventCatalogue[event.type].isAction || actor !== 'server'
      ? ({ ...event, details: { ...event.details, actor } } as NewEvent)
      : event,
  )
