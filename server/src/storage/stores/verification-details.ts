import { type ChallengeId, challengeIdFloor } from '../../domain/challenge.ts'
import { eventMoment } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ReceiptState } from '../../domain/receipt.ts'
import type {
  MessageAttempt,
  VerificationCheck,
  VerificationDetails,
} from '../../engine/ports/verifications.ts'
import type { Database } from '../postgres/database.ts'
import { singleEvents } from './event-rows.ts'
import { unlessErased, type VerificationRow, verificationFromRow } from './verification-rows.ts'
import { verificationColumns, verificationJoins } from './verification-statements.ts'

type DetailsRow = VerificationRow & { target: string; companion: string | null }

/** Reads one challenge with its messages and checks. Null if the project has no such challenge. */
export async function readVerification(
  database: Database,
  projectId: ProjectId,
  id: ChallengeId,
): Promise<VerificationDetails | null> {
  const [row] = await database.query<DetailsRow>(
    'verification-find',
    `select ${verificationColumns}, c.target, c.companion
    from challenges c
    ${verificationJoins}
    where c.project_id = $1 and c.id = $2`,
    [projectId, `\\x${id}`],
  )
  if (row === undefined) return null
  const [messages, checks] = await Promise.all([
    database.query<MessageRow>('verification-messages', messagesSql, [projectId, `\\x${id}`]),
    readChecks(database, projectId, row),
  ])
  return {
    ...verificationFromRow(row),
    target: unlessErased(row.target),
    secondAddress: row.companion,
    replacedAt: row.superseded_at,
    key: null,
    attemptsWithCarriers: messages.map(attemptFromRow),
    checks,
  }
}

type MessageRow = Omit<MessageAttempt, 'carrierMessageId' | 'startedAt' | 'finishedAt' | 'report'> & {
  carrier_message_id: string | null
  started_at: Date
  finished_at: Date
  receipt_state: ReceiptState | null
  receipt_detail: string | null
  receipt_at: Date | null
}

const messagesSql = `
  select m.attempt, m.carrier, coalesce(m.channel, c.channel) as channel, m.country, m.outcome as result, m.detail,
    m.carrier_message_id, m.started_at, m.finished_at, m.cost, m.receipt_state, m.receipt_detail, m.receipt_at
  from messages m
  join challenges c on c.project_id = m.project_id and c.id = m.challenge_id
  where m.project_id = $1 and m.challenge_id = $2
  order by m.attempt`

const attemptFromRow = ({
  carrier_message_id,
  started_at,
  finished_at,
  receipt_state,
  receipt_detail,
  receipt_at,
  ...row
}: MessageRow): MessageAttempt => ({
  ...row,
  carrierMessageId: carrier_message_id,
  startedAt: started_at,
  finishedAt: finished_at,
  report:
    receipt_state === null || receipt_at === null
      ? null
      : { state: receipt_state, detail: receipt_detail, at: receipt_at },
})

const checkTypes = {
  'challenge.attempt-failed': 'attempt-failed',
  'challenge.inspected': 'inspected',
  'challenge.locked': 'locked',
} as const satisfies Record<string, VerificationCheck['type']>

/** Its owner may still try a code that has just expired. */
const afterExpiryMilliseconds = 60_000

// Rows that do not mention the challenge are left out before their events are spread.
const checksSql = `
  select encode(id, 'hex') as id, type, details ->> 'refusal' as refusal
  from ${singleEvents(`(
    select *
    from events
    where project_id = $1 and id >= $3 and id < $4 and type = any($5)
      and (challenge_id = $2 or position($2 in challenge_ids) > 0)
  )`)} e
  where challenge_id = $2
  order by row_id, id`

/**
 * The events of its checks. They lie between its moment and its end, by which the primary key bounds the search: an index of events
 * by challenge would cost every send and check.
 */
async function readChecks(
  database: Database,
  projectId: ProjectId,
  { id, expires_at: expiresAt }: VerificationRow,
): Promise<VerificationCheck[]> {
  const end = new Date(expiresAt.getTime() + afterExpiryMilliseconds)
  const rows = await database.query<{
    id: string
    type: keyof typeof checkTypes
    refusal: string | null
  }>('verification-checks', checksSql, [
    projectId,
    `\\x${id}`,
    `\\x${challengeIdFloor(eventMoment(id))}`,
    `\\x${challengeIdFloor(end)}`,
    Object.keys(checkTypes),
  ])
  return rows.map(({ id, type, refusal }) => ({ at: eventMoment(id), type: checkTypes[type], refusal }))
}
