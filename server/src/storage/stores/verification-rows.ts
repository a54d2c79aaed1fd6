import type { ChallengeId } from '../../domain/challenge.ts'
import { codeStateOf, type VerificationOutcome } from '../../domain/verification.ts'
import type { Verification } from '../../engine/ports/verifications.ts'
import { erasedAddress } from './event-rows.ts'

/** A row of the columns that `verification-statements.ts` selects. */
export type VerificationRow = {
  id: ChallengeId
  purpose: string
  content: Verification['content']
  channel: Verification['channel']
  address: NonNullable<Verification['address']>
  record_id: string | null
  account_id: number | null
  locale: Verification['locale']
  tries: number
  tries_max: number
  created_at: Date
  expires_at: Date
  used_at: Date | null
  superseded_at: Date | null
  now: Date
  messages: number
  cost: number
  carrier: string | null
  country: Verification['country']
  outcome: VerificationOutcome
}

export const verificationFromRow = (row: VerificationRow): Verification => ({
  id: row.id,
  purpose: row.purpose,
  content: row.content,
  channel: row.channel,
  address: unlessErased(row.address),
  recordId: row.record_id,
  accountId: row.account_id,
  locale: row.locale,
  outcome: row.outcome,
  state: codeStateOf(
    {
      content: row.content,
      usedAt: row.used_at,
      supersededAt: row.superseded_at,
      expiresAt: row.expires_at,
      attempts: row.tries,
      attemptsMax: row.tries_max,
    },
    row.now,
  ),
  attempts: row.tries,
  attemptsMax: row.tries_max,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  usedAt: row.used_at,
  carrier: row.carrier,
  country: row.country,
  messages: row.messages,
  cost: row.cost,
})

/** Null for what an erased person has left. */
export const unlessErased = <Text extends string>(text: Text): Text | null =>
  text === erasedAddress ? null : text
