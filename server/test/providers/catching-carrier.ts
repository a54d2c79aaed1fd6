import type { Carrier } from '../../src/delivery/carrier.ts'
import { createCarrier } from '../../src/delivery/protocols/create-carrier.ts'
import { type Channel, channels } from '../../src/domain/address.ts'
import type { ChallengeId } from '../../src/domain/challenge.ts'

/** A caught message. */
type CaughtMessage = {
  id: ChallengeId
  channel: Channel
  to: string
  subject: string | null
  text: string
  html: string | null
  code: string | null
  createdAt: Date
}

/** A carrier that keeps every message in memory, where a test reads it. */
export type CatchingCarrier = Carrier & {
  /** Newest first; only those to one address if it is given. */
  entries(to?: string): CaughtMessage[]
}

/** Catches messages instead of sending them, and keeps the newest `capacity`. */
export function createCatchingCarrier({ capacity = 1000 }: { capacity?: number } = {}): CatchingCarrier {
  const kept: CaughtMessage[] = []

  const carrier = createCarrier({
    name: 'inbox',
    channels,
    concurrencyMax: 1000,
    async deliver({ challengeId, channel, to, subject, text, html, code }) {
      const createdAt = new Date()
      kept.push({
        id: challengeId,
        channel,
        to,
        subject,
        text,
        html,
        code: code?.reveal() ?? null,
        createdAt,
      })
      if (kept.length > capacity) kept.shift()
      return { kind: 'accepted', carrierMessageId: null }
    },
  })
  return {
    ...carrier,
    entries: (to) => (to === undefined ? [...kept] : kept.filter((entry) => entry.to === to)).reverse(),
  }
}
