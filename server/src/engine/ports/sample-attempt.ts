/** One carrier's answer to a test message. */
export type SampleAttempt = {
  carrier: string
  outcome: 'accepted' | 'refused' | 'unknown'
  detail: string | null
}
