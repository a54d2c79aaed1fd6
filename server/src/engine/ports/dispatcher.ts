import type { Challenge } from '../../domain/challenge.ts'

/** What the first attempt of a route came to. */
export type DeliveryOutcome = 'accepted' | 'failed' | 'pending'

/** Sends what is committed. */
export type Dispatcher = {
  /** Takes a challenge that was just committed under this node's lease. Never throws, never waits. */
  dispatch(challenge: Challenge): void
  /**
   * The same, but answers with the outcome of one route attempt, and a refusal is not retried. `pending` when
   * `timeoutMilliseconds` pass first; then retries go on as for any other message.
   */
  dispatchAndWait(challenge: Challenge, timeoutMilliseconds: number): Promise<DeliveryOutcome>
}
