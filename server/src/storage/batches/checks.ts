import type { CheckJudgement, CheckRequest, CheckState, GuessedChallenge } from '../../domain/judge-check.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'
import { readLimits } from './batch-limits.ts'
import { addressLock, decideBatch, type FirstRow, limitLock, momentOf } from './batch-locks.ts'
import {
  type ChallengeRow,
  idFloor,
  namedChallenges,
  ofSubject,
  parseRecipient,
  type RecipientRow,
  recipientColumns,
  recipientRows,
} from './challenge-rows.ts'
import { type DestinationUse, destinationLock, readDestinations } from './destinations.ts'
import { writeEvents } from './events.ts'
import { eventsOfChecks } from './events-of-batches.ts'

/** A guess on its way through a batch. */
export type PendingCheck = {
  check: CheckRequest
  judge: (state: CheckState) => CheckJudgement
  /** Set by a decision that found it wrong, for the next one if this one cannot be stored. */
  wasWrong: boolean
}

/**
 * Decides many guesses in one transaction. A wrong guess is a value, not an error, so its count commits with it (V1);
 * the address is locked, so that no two guesses share a try (V3).
 */
export const decideChecks = (
  database: Database,
  pending: PendingCheck[],
  since: Date,
): Promise<CheckJudgement[]> =>
  decideBatch(database, async (tx, lock) => {
    const checks = pending.map(({ check }) => check)
    const uses = checks.flatMap(({ projectId, limits, guards, onFailure }) =>
      [...limits, ...guards, ...onFailure.map(({ limit }) => limit)].map((limit) => ({ projectId, limit })),
    )
    const prefixes = checks.flatMap((check) => destinationUse(check) ?? [])
    const [, rows, limits, destinations] = await Promise.all([
      lock({
        own: [...checks.map(({ address }) => addressLock(address)), ...prefixes.map(destinationLock)],
        shared: uses.map(limitLock),
      }),
      readSubjects(tx, checks, since),
      readLimits(tx, uses),
      readDestinations(tx, prefixes),
    ])

    const now = momentOf(rows)
    const judgements = pending.map((entry, index) => {
      const { check, judge, wasWrong } = entry
      const row = rows[index]
      if (row === undefined) throw new Error('a guess of the batch was not read')
      const prefix = destinationUse(check)
      const judgement = judge({
        now,
        recipient: parseRecipient(row),
        challenge: parseGuessed(row),
        limits: limits.of(check.projectId),
        destination: prefix === null ? null : destinations.of(prefix).state,
        wasWrong,
      })
      if (!judgement.ok && judgement.refusal === 'mismatch') entry.wasWrong = true
      limits.set(check.projectId, judgement.limits)
      if (prefix !== null && judgement.destination !== null) destinations.set(prefix, judgement.destination)
      return judgement
    })

    destinations.write(tx)
    writeChecks(tx, checks, judgements, { since, now })
    const subjects = rows.map((row) => ({ challengeId: row.id, lockedUntil: row.locked_until }))
    writeEvents(tx, eventsOfChecks(checks, judgements, subjects), now)
    // Last, so that what all guesses of a project share is held for the shortest time.
    limits.write(tx)
    return judgements
  })

const destinationUse = ({ projectId, prefix }: CheckRequest): DestinationUse | null =>
  prefix === null ? null : { projectId, prefix }

/** `id` and what belongs to it are null where nothing was sent. */
type SubjectRow = FirstRow &
  RecipientRow &
  Pick<
    ChallengeRow,
    | 'id'
    | 'channel'
    | 'content'
    | 'companion'
    | 'account_id'
    | 'key_id'
    | 'tries'
    | 'tries_max'
    | 'expires_at'
    | 'used_at'
    | 'delivery_state'
  >

const parseGuessed = (row: SubjectRow): GuessedChallenge | null =>
  row.id === null
    ? null
    : {
        id: row.id,
        channel: row.channel,
        content: row.content,
        companion: row.companion,
        accountId: row.account_id,
        keyId: row.key_id,
        tries: row.tries,
        triesMax: row.tries_max,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
        deliveryState: row.delivery_state,
      }

const subjects = rowList({ project_id: 'text', address: 'text', purpose: 'text', record_id: 'text' })
const readSubjectsSql = `
  select case i.n when 1 then clock.now end as now, r.sends, r.failures, r.failures_in_row, r.locked_until,
    encode(c.id, 'hex') as id, c.channel, c.content, c.companion, c.account_id, c.key_id, c.tries, c.tries_max,
    c.expires_at, c.used_at, c.delivery_state
  from (select moment() as now) clock
  cross join ${subjects.from}
  left join recipients r on r.address = i.address and r.project_id = i.project_id
  left join lateral (
    select id, channel, content, companion, account_id, key_id, tries, tries_max, expires_at, used_at, delivery_state
    from challenges
    where ${ofSubject} and id >= ${subjects.next} and purpose = i.purpose
      and record_id is not distinct from i.record_id
      and superseded_at is null and created_at > clock.now - interval '24 hours'
    order by id desc
    limit 1
  ) c on true
  order by i.n`

function readSubjects(tx: Transaction, checks: CheckRequest[], since: Date): Promise<SubjectRow[]> {
  const rows = checks.map(({ projectId, address, purpose, recordId }) => ({
    project_id: projectId,
    address,
    purpose,
    record_id: recordId,
  }))
  return tx.query<SubjectRow>('checks-read', readSubjectsSql, [...subjects.values(rows), idFloor(since)])
}

const guessed = rowList({ project_id: 'text', id: 'bytea', tries: 'smallint', used_at: 'timestamptz' })
const writeChallengesSql = `
  update challenges c
  set tries = i.tries, used_at = i.used_at
  from ${namedChallenges(guessed, guessed.next)}`

const writeRecipientsSql = `
  update recipients r
  set sends = i.sends, failures = i.failures, failures_in_row = i.failures_in_row, locked_until = i.locked_until,
    updated_at = i.updated_at
  from ${recipientRows.from}
  where r.address = i.address and r.project_id = i.project_id`

function writeChecks(
  tx: BatchTransaction,
  checks: CheckRequest[],
  judgements: CheckJudgement[],
  { since, now }: { since: Date; now: Date },
): void {
  const challenges = judgements.flatMap(({ challenge }, index) =>
    challenge === null
      ? []
      : [
          {
            project_id: checks[index]?.projectId,
            id: `\\x${challenge.id}`,
            tries: challenge.tries,
            used_at: challenge.usedAt,
          },
        ],
  )
  if (challenges.length > 0) {
    tx.write('checks-challenges', writeChallengesSql, [...guessed.values(challenges), idFloor(since)])
  }

  const recipients = judgements.flatMap(({ recipient }, index) => {
    const check = checks[index]
    if (recipient === null || check === undefined) return []
    return recipientColumns(check, recipient, now)
  })
  if (recipients.length > 0)
    tx.write('checks-recipients', writeRecipientsSql, recipientRows.values(recipients))
}
