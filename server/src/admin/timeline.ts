import { amountOf } from '../domain/money.ts'
import type { MessageAttempt, VerificationDetails } from '../engine/ports/verifications.ts'

type Entry = { at: string; type: string } & Record<string, unknown>

/** What happened to a verification, in the order of time. */
export function timelineOf(details: VerificationDetails): Entry[] {
  const { createdAt, expiresAt, usedAt, replacedAt, state, key } = details
  const entries = [
    entry(createdAt, 'requested', { key: key === null ? null : { keyId: key.id, name: key.name } }),
    ...details.attemptsWithCarriers.flatMap((message) => entriesOfMessage(message, createdAt)),
    ...details.checks.map(({ at, type, refusal }) =>
      entry(at, type, type === 'attempt-failed' ? { refusal } : {}),
    ),
    ...(usedAt === null ? [] : [entry(usedAt, 'verified')]),
    ...(replacedAt === null ? [] : [entry(replacedAt, 'replaced')]),
    ...(state === 'expired' ? [entry(expiresAt, 'expired')] : []),
  ]
  // Stable: what happened at one moment keeps the order above.
  return entries.sort((one, other) => Number(one.at > other.at) - Number(one.at < other.at))
}

const entry = (at: Date, type: string, fields: Record<string, unknown> = {}): Entry => ({
  at: at.toISOString(),
  type,
  ...fields,
})

/** The clock of a node may be a moment behind that of the database, which made the request. */
function entriesOfMessage(message: MessageAttempt, requestedAt: Date): Entry[] {
  const { attempt, carrier, channel, country, result, detail, carrierMessageId, report } = message
  const { startedAt, finishedAt } = message
  const handed = entry(startedAt < requestedAt ? requestedAt : startedAt, 'handed-over', {
    attempt,
    carrier,
    channel,
    country,
    result,
    detail,
    carrierMessageId,
    milliseconds: Math.max(0, finishedAt.getTime() - startedAt.getTime()),
    cost: amountOf(message.cost),
  })
  return report === null
    ? [handed]
    : [
        handed,
        entry(report.at, 'reported', { attempt, carrier, result: report.state, detail: report.detail }),
      ]
}
