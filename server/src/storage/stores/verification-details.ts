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
  const [messages, events] = await Promise.all([
    database.query<MessageRow>('verification-messages', messagesSql, [projectId, `\\x${id}`]),
    readEvents(database, projectId, row),
  ])
  const keyId = events.find(({ type }) => type === 'challenge.created')?.key_id ?? null
  return {
    ...verificationFromRow(row),
    target: unlessErased(row.target),
    secondAddress: row.companion,
    replacedAt: row.superseded_at,
    key: keyId === null ? null : await findKey(database, keyId),
    attemptsWithCarriers: messages.map(attemptFromRow),
    checks: events.flatMap(checkOfEvent),
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

const checkTypes: Record<string, VerificationCheck['type']> = {
  'challenge.attempt-failed': 'attempt-failed',
  'challenge.inspected': 'inspected',
  'challenge.locked': 'locked',
}

/** Its owner may still try a code that has just expired. */
const afterExpiryMilliseconds = 60_000

type EventRow = { id: string; type: string; refusal: string | null; key_id: string | null }

// Rows that do not mention the challenge are left out before their events are spread.
const eventsSql = `
  select encode(id, 'hex') as id, type, details ->> 'refusal' as refusal, details ->> 'keyId' as key_id
  from ${singleEvents(`(
    select *
    from events
    where project_id = $1 and id >= $3 and id < $4 and type = any($5)
      and (challenge_id = $2 or position($2 in challenge_ids) > 0)
  )`)} e
  where challenge_id = $2
  order by row_id, id`

/**
 * The events of its request and its checks. They lie between the millisecond of its id and its end, by which the primary key
 * bounds the search: an index of events by challenge would cost every send and check.
 */
const readEvents = (
  database: Database,
  projectId: ProjectId,
  { id, expires_at: expiresAt }: VerificationRow,
): Promise<EventRow[]> =>
  database.query<EventRow>('verification-events', eventsSql, [
    projectId,
    `\\x${id}`,
    `\\x${id.slice(0, 12)}`,
    `\\x${challengeIdFloor(new Date(expiresAt.getTime() + afterExpiryMilliseconds))}`,
    ['challenge.created', ...Object.keys(checkTypes)],
  ])

const checkOfEvent = ({ id, type, refusal }: EventRow): VerificationCheck[] => {
  const check = checkTypes[type]
  return check === undefined ? [] : [{ at: eventMoment(id), type: check, refusal }]
}

/** Without a name when the key is gone with its workspace. */
async function findKey(database: Database, id: string): Promise<{ id: string; name: string | null }> {
  const [row] = await database.query<{ name: string }>(
    'verification-key',
    'select name from api_keys where id = $1',
    [id],
  )
  return { id, name: row?.name ?? null }
}
