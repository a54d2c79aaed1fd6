import type { Challenge } from '../../domain/challenge.ts'

/** The result of the first attempt of a route. */
export type DeliveryOutcome = 'accepted' | 'failed' | 'pending'

/** Sends the messages of committed challenges. */
export type Dispatcher = {
  /** Takes a challenge that was just committed under this node's lease. Never throws, never waits. */
  dispatch(challenge: Challenge): void
  /**
   * The same, but answers with the outcome of one route attempt, and does not retry a refusal. `pending` if
   * `timeoutMilliseconds` pass first; then retries go on as for any other message.
   */
  dispatchAndWait(challenge: Challenge, timeoutMilliseconds: number): Promise<DeliveryOutcome>
}
