import { type Channel, channels } from '../domain/address.ts'
import type { ChallengeId } from '../domain/challenge.ts'
import type { Carrier } from './carrier.ts'

/** A caught message, as `/dev/inbox` shows it: the one place where a code can be read. */
export type InboxEntry = {
  id: ChallengeId
  channel: Channel
  to: string
  subject: string | null
  text: string
  html: string | null
  code: string | null
  createdAt: Date
}

/** A carrier for development: every message stays in memory, where people and tests read it. */
export type Inbox = Carrier & {
  /** The newest first; only those to one address when it is given. */
  entries(to?: string): InboxEntry[]
}

/** Catches messages instead of sending them, and keeps the newest `capacity`. */
export function createInbox({ capacity = 1000 }: { capacity?: number } = {}): Inbox {
  const kept: InboxEntry[] = []

  return {
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
    entries: (to) => (to === undefined ? [...kept] : kept.filter((entry) => entry.to === to)).reverse(),
  }
}
