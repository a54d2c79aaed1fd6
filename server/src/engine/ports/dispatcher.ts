import type { Challenge } from '../../domain/challenge.ts'

/** How a send's message fares. */
export type DeliveryOutcome = 'accepted' | 'failed' | 'pending'

/** Sends what is committed. */
export type Dispatcher = {
  /** Takes a challenge that was just committed under this node's lease. Never throws, never waits. */
  dispatch(challenge: Challenge): void
  /**
   * The same, but answers the carriers' first word: one pass over the route, no retries after a refusal. `pending` when
   * `timeoutMilliseconds` pass first; then the retries go on as usual.
   */
  dispatchAndWait(challenge: Challenge, timeoutMilliseconds: number): Promise<DeliveryOutcome>
}
