import type { ChallengeId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import { type CheckJudgement, type CheckRequest, limitsOfCheck } from '../../domain/judge-check.ts'
import { limitId, type SendJudgement, type SendRequest } from '../../domain/judge-send.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PrefixStop } from '../../domain/pumping.ts'
import { type Quota, quotaNews } from '../../domain/quota.ts'
import type { RefusalKind } from './repeated-refusals.ts'

/*
 * The events of batches of sends and of checks. They are derived from the stored judgements, so that an event cannot
 * contradict the decision.
 */

/** Refusals that come before anything is counted: nothing bounds how many there are. */
const unboundedSends = new Set(['too-many-requests', 'too-many-unknown-addresses', 'work-required'])

/** The kind of each refused send that changes nothing; null for every other. */
export const repeatedSends = (sends: SendRequest[], judgements: SendJudgement[]): (RefusalKind | null)[] =>
  judgements.map((judgement, index) => {
    const { subject, rules } = sends[index] as SendRequest
    if (judgement.ok || !unboundedSends.has(judgement.refusal)) return null
    const of = [subject.purpose, ...[...rules.guards, ...rules.limits].map(limitId)].join(' ')
    return { scope: subject.projectId, type: 'challenge.refused', refusal: judgement.refusal, of }
  })

/** The kind of each refused check that was compared with nothing; null for every other. */
export const repeatedChecks = (
  checks: CheckRequest[],
  judgements: CheckJudgement[],
): (RefusalKind | null)[] =>
  judgements.map((judgement, index) => {
    const { subject, rules } = checks[index] as CheckRequest
    if (judgement.ok || judgement.challenge !== null || judgement.recipient !== null) return null
    const of = [subject.purpose, ...new Set(limitsOfCheck(rules).map(limitId))].join(' ')
    return { scope: subject.projectId, type: 'challenge.attempt-failed', refusal: judgement.refusal, of }
  })

/** The events of sends. A repeated answer makes no code, so it has no event. */
export const eventsOfSends = (
  sends: SendRequest[],
  judgements: SendJudgement[],
  isRecorded: (index: number) => boolean,
): NewEvent[] =>
  judgements.flatMap((judgement, index): NewEvent[] => {
    if (!isRecorded(index)) return []
    const send = sends[index] as SendRequest
    const { projectId: scope, purpose, address, accountId } = send.subject
    const { channel, content } = send.delivery
    if (!judgement.ok) {
      const details = { purpose, channel, refusal: judgement.refusal }
      const refused: NewEvent = { scope, type: 'challenge.refused', accountId, address, details }
      return judgement.stop === null ? [refused] : [refused, stopEvent(send, judgement.stop)]
    }
    if (judgement.kind !== 'new') return []
    const { id: challengeId } = judgement.challenge
    const details = { purpose, channel, content, keyId: send.apiKeyId }
    const created: NewEvent = { scope, type: 'challenge.created', challengeId, accountId, details }
    return send.rules.spendsToken ? [created, ...eventsOfQuota(scope, judgement.quota)] : [created]
  })

/** Recorded at the send that begins the stop, and not again until it has ended. */
const stopEvent = (
  { subject, rules: { destination } }: SendRequest,
  { reason, sends, verified, until }: PrefixStop,
): NewEvent => ({
  scope: subject.projectId,
  type: 'destination.stopped',
  details: { prefix: destination?.prefix ?? '', reason, sends, verified, until: until.toISOString() },
})

/** Recorded only at the send that crosses the line. */
function eventsOfQuota(scope: ProjectId, quota: Quota): NewEvent[] {
  const news = quotaNews(quota)
  const { granted, used } = quota
  return news === null || granted === null
    ? []
    : [{ scope, type: `quota.${news}`, details: { granted, used } }]
}

/** The state of a check before it was judged: its challenge, and the lock of its address. */
type StateBefore = { challengeId: ChallengeId | null; lockedUntil: Date | null }

/** The events of checks: the attempt itself, and the locks that follow from it. */
export const eventsOfChecks = (
  checks: CheckRequest[],
  judgements: CheckJudgement[],
  states: StateBefore[],
  isRecorded: (index: number) => boolean,
): NewEvent[] =>
  judgements.flatMap((judgement, index): NewEvent[] => {
    if (!isRecorded(index)) return []
    const check = checks[index] as CheckRequest
    const { challengeId, lockedUntil } = states[index] as StateBefore
    const { projectId: scope, purpose, address, accountId } = check.subject
    const about = challengeId === null ? { scope, accountId, address } : { scope, accountId, challengeId }
    if (judgement.ok) {
      const type = check.mode === 'spend' ? 'challenge.verified' : 'challenge.inspected'
      // The code of another record may have been right.
      return [{ scope, accountId, challengeId: judgement.proof.challengeId, type, details: { purpose } }]
    }

    const { challenge, recipient, refusal } = judgement
    const events: NewEvent[] = [{ ...about, type: 'challenge.attempt-failed', details: { purpose, refusal } }]
    if (challenge !== null && challenge.attempts >= challenge.attemptsMax)
      events.push({ ...about, type: 'challenge.locked', details: { purpose } })
    const until = recipient?.lockedUntil ?? null
    if (until !== null && until.getTime() !== lockedUntil?.getTime())
      events.push({ ...about, type: 'address.locked', details: { until: until.toISOString() } })
    return events
  })
