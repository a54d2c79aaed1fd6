import {
  type CheckJudgement,
  type CheckRequest,
  type CheckState,
  limitsOfCheck,
} from '../../domain/judge-check.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction } from '../postgres/sql.ts'
import { decideBatch } from './batch-locks.ts'
import { type BatchRequest, readBatch } from './batch-state.ts'
import {
  byRecipient,
  idFloor,
  namedChallenges,
  recipientRows,
  rowOfRecipient,
  writeAllNamed,
} from './challenge-rows.ts'
import { type CountedCode, writeCodeCounts } from './code-counts.ts'
import { writeEvents } from './events.ts'
import { eventsOfChecks, repeatedChecks } from './events-of-batches.ts'
import { chooseRecorded, type RepeatedRefusals } from './repeated-refusals.ts'
import { readOtherRecords, subjectsOfChecks } from './subjects.ts'

/** A check on its way through a batch. */
export type PendingCheck = {
  check: CheckRequest
  judge: (state: CheckState) => CheckJudgement
  /** Set when a decision finds the code wrong, for the next decision in case this one cannot be stored. */
  wasWrong: boolean
}

/**
 * Decides many checks in one transaction. A wrong code is a value, not an error, so its count commits with it (V1). The
 * address is locked, so that no two checks share an attempt (V3).
 */
export async function decideChecks(
  database: Database,
  pending: PendingCheck[],
  { since, refusals }: { since: Date; refusals: RepeatedRefusals },
): Promise<CheckJudgement[]> {
  const { judgements, noted } = await decideBatch(database, async (tx, lock) => {
    const checks = pending.map(({ check }) => check)
    const requests = checks.map(batchRequest)
    // The locks are sent first, so that both statements read what no other batch changes meanwhile.
    const [batch, othersOf] = await Promise.all([
      readBatch(tx, lock, { requests, since, kind: subjectsOfChecks }),
      readOtherRecords(tx, checks, since),
    ])

    const judgements = pending.map((entry, index) => {
      const { judge, wasWrong } = entry
      const others = othersOf.get(index) ?? []
      const judgement = batch.decide(
        index,
        ({ now, recipient, newest: challenge, limits, destination }) =>
          judge({
            now,
            recipient,
            challenge,
            others,
            limits,
            destination: destination?.state ?? null,
            wasWrong,
          }),
        ({ destination }) => destination,
      )
      if (!judgement.ok && judgement.refusal === 'mismatch') entry.wasWrong = true
      return judgement
    })

    batch.destinations.write(tx)
    writeChecks(tx, checks, judgements, { since, now: batch.now })
    const subjects = batch.subjects.map(({ newest, recipient }) => ({
      challengeId: newest?.id ?? null,
      lockedUntil: recipient?.lockedUntil ?? null,
    }))
    const { isRecorded, noted } = chooseRecorded(refusals, repeatedChecks(checks, judgements))
    writeEvents(tx, eventsOfChecks(checks, judgements, subjects, isRecorded), batch.now)
    // Last, so that rows that all checks of a project share are locked for the shortest time.
    batch.limits.write(tx)
    writeCodeCounts(tx, 'verified', spentCodes(checks, judgements))
    return { judgements, noted }
  })
  refusals.note(noted)
  return judgements
}

const batchRequest = ({ subject, rules }: CheckRequest): BatchRequest => ({
  subject,
  limits: limitsOfCheck(rules),
  prefix: rules.prefix,
  locks: { own: [], shared: [] },
})

/** The codes that right guesses have spent. */
const spentCodes = (checks: CheckRequest[], judgements: CheckJudgement[]): CountedCode[] =>
  judgements.flatMap((judgement, index) => {
    const check = checks[index]
    if (!judgement.ok || check === undefined) return []
    const { projectId, purpose } = check.subject
    return [judgement.challenge, ...(judgement.others ?? [])].flatMap((challenge) =>
      challenge === null || challenge.usedAt === null ? [] : [{ ...challenge, projectId, purpose }],
    )
  })

const checkedRows = rowList({ project_id: 'text', id: 'bytea', tries: 'smallint', used_at: 'timestamptz' })
const writeChallengesSql = writeAllNamed(`
  update challenges c
  set tries = i.tries, used_at = i.used_at
  from ${namedChallenges(checkedRows, checkedRows.after(1))}`)

const writeRecipientsSql = `
  insert into recipients (${recipientRows.columns})
  select ${recipientRows.columns}
  from ${recipientRows.from}
  on conflict (address, project_id)
  do update set failures = excluded.failures, failures_in_row = excluded.failures_in_row,
    locked_until = excluded.locked_until, networks = excluded.networks, updated_at = excluded.updated_at`

function writeChecks(
  tx: BatchTransaction,
  checks: CheckRequest[],
  judgements: CheckJudgement[],
  { since, now }: { since: Date; now: Date },
): void {
  const challenges = judgements.flatMap(({ challenge, others = [] }, index) =>
    (challenge === null ? others : [challenge, ...others]).map(({ id, attempts, usedAt }) => ({
      project_id: checks[index]?.subject.projectId,
      id: `\\x${id}`,
      tries: attempts,
      used_at: usedAt,
    })),
  )
  if (challenges.length > 0) {
    tx.write('checks-challenges', writeChallengesSql, [...checkedRows.values(challenges), idFloor(since)])
  }

  const recipients = judgements.flatMap(({ recipient }, index) => {
    const check = checks[index]
    if (recipient === null || check === undefined) return []
    return rowOfRecipient(check.subject, recipient, now)
  })
  if (recipients.length > 0)
    tx.write('checks-recipients', writeRecipientsSql, recipientRows.values(recipients.sort(byRecipient)))
}
