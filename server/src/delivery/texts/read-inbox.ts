import type { Channel } from '../../domain/address.ts'
import type { Challenge, ChallengeId } from '../../domain/challenge.ts'
import type { Secret } from '../../domain/secret.ts'
import type { RecordStore } from '../../engine/ports/records.ts'
import type { LoadTemplates } from './project-templates.ts'
import { renderMessage } from './render-message.ts'

/*
 * The development inbox catches every message. It stores nothing: codes are derived, so a caught message can be written
 * again from its challenge at any time, on any node, after any restart, and no stored copy can leak.
 */

/** A caught message, as `/dev/inbox` shows it. `to` is the canonical address. */
export type InboxEntry = {
  id: ChallengeId
  channel: Channel
  to: string
  subject: string | null
  text: string
  html: string | null
  code: string | null
  createdAt: Date
  /** When the code was spent; null for one that was not, and for a notice. */
  verifiedAt: Date | null
}

/** The messages of the last day, newest first: of one address if it is given, and at most as many as asked for. */
export type ReadInbox = (to: string | null, limit?: number) => Promise<InboxEntry[]>

export type InboxParts = {
  records: Pick<RecordStore, 'recent'>
  loadTemplates: LoadTemplates
  revealCode: (challenge: Challenge) => Secret
}

const entriesMax = 1000

export function createReadInbox({ records, loadTemplates, revealCode }: InboxParts): ReadInbox {
  return async (to, limit = entriesMax) => {
    const challenges = (await records.recent({ address: to, limit: Math.min(limit, entriesMax) })).filter(
      ({ content, deliveryState }) => content !== 'decoy' && deliveryState !== 'none',
    )
    const ids = [...new Set(challenges.map(({ projectId }) => projectId))]
    const templatesOf = new Map(
      await Promise.all(ids.map(async (id) => [id, await loadTemplates(id)] as const)),
    )

    return challenges.flatMap((challenge) => {
      const templates = templatesOf.get(challenge.projectId)
      if (templates === undefined) return []
      const code = challenge.content === 'code' ? revealCode(challenge) : null
      const message = renderMessage({ challenge, templates, code, now: challenge.createdAt })
      return {
        id: challenge.id,
        channel: challenge.channel,
        to: challenge.address,
        subject: message.subject,
        text: message.text,
        html: message.html,
        code: code?.reveal() ?? null,
        createdAt: challenge.createdAt,
        verifiedAt: challenge.usedAt,
      }
    })
  }
}
