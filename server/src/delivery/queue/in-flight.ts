import type { DeliveryOutcome } from '../../engine/ports/dispatcher.ts'
import type { DueChallenge } from '../../engine/ports/outbox.ts'

/** A message that this node is sending, under the lease of its challenge. */
export type InFlightMessage = {
  challenge: DueChallenge
  /** By the database's clock. No attempt starts that might outlast it: another node may own the challenge by then. */
  leasedUntil: Date
  /** The next step of the challenge's plan has started, so this one starts nothing more. */
  isReplaced: boolean
  /** Called with the outcome of the first route attempt while a caller waits for it. */
  onFirstOutcome: ((outcome: DeliveryOutcome) => void) | null
}
