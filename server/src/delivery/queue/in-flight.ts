import type { DeliveryOutcome } from '../../engine/ports/dispatcher.ts'
import type { DueChallenge } from '../../engine/ports/outbox.ts'

/** A message that this node is sending, under the lease of its challenge. */
export type InFlightMessage = {
  challenge: DueChallenge
  /** By the database's clock. Nothing begins that might outlast it, for then another node may have the challenge. */
  leasedUntil: Date
  /** The next step of the challenge's plan has begun: nothing more of this one does. */
  isReplaced: boolean
  /** Called with the outcome of the first route attempt while a caller waits for it. */
  onFirstOutcome: ((outcome: DeliveryOutcome) => void) | null
}
