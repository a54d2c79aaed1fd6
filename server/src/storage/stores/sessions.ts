import type { Address } from '../../domain/address.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { newRecipient, recordOtherProof } from '../../domain/recipient.ts'
import type { RefreshJudgement, RefreshState, Session, SessionId } from '../../domain/session.ts'
import type { SessionStore } from '../../engine/ports/sessions.ts'
import { recordEvents } from '../batches/events.ts'
import {
  chooseRecorded,
  createRepeatedRefusals,
  type NotedRefusal,
  type RefusalKind,
  type RepeatedRefusals,
} from '../batches/repeated-refusals.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type AccountRow, accountColumns, accountFromRow } from './account-rows.ts'
import { type SessionRow, sessionColumns, sessionFromRow } from './session-rows.ts'

/** The store of sessions. Nothing is cached: a session that ended on one node has ended on all (T4). */
export const createSessionStore = (
  database: Database,
  refusals: RepeatedRefusals = createRepeatedRefusals(),
): SessionStore => ({
  open: (session) => database.transaction((tx) => open(tx, session)),

  async refresh(token, judge) {
    const { noted, ...refreshed } = await database.transaction((tx) =>
      refresh(tx, token, { judge, refusals }),
    )
    refusals.note(noted)
    return refreshed
  },

  async find(projectId, id) {
    const [row] = await database.query<SessionRow & AccountRow & { now: Date }>(
      'sessions-find',
      `select ${sessionColumns}, ${accountColumns}, clock_now() as now
      from sessions s
      join accounts a on a.project_id = s.project_id and a.id = s.account_id
      where s.project_id = $1 and s.id = $2`,
      [projectId, id],
    )
    const account = accountFromRow(row)
    return row === undefined || account === null
      ? null
      : { session: sessionFromRow(row), account, now: row.now }
  },

  async hasRefreshToken({ projectId, id }, hash) {
    const rows = await database.query(
      'sessions-token',
      'select hash from refresh_tokens where project_id = $1 and hash = $2 and session_id = $3',
      [projectId, hash, id],
    )
    return rows.length > 0
  },

  async end({ projectId, accountId, sessionId, refreshHash, reason }) {
    await database.transaction(async (tx) => {
      const ended = await tx.query<{ id: SessionId }>(
        'sessions-end',
        `update sessions
        set ended_at = clock_now(), end_reason = $5
        where project_id = $1 and account_id = $2 and ended_at is null
          and (id = $3 or id = (select session_id from refresh_tokens where project_id = $1 and hash = $4))
        returning id`,
        [projectId, accountId, sessionId, refreshHash, reason],
      )
      const about = { scope: projectId, type: 'session.ended', accountId } as const
      await recordEvents(
        tx,
        ended.map(({ id }) => ({ ...about, details: { sessionId: id, reason } })),
      )
    })
  },
})

/**
 * Opens a session only for an account that is still active and still has the password that was checked, or the address that was
 * proven. The lock on its row guarantees that: a reset, a disabling or a change at the same time either sees this session and ends
 * it, or is seen here.
 */
async function open(tx: Transaction, session: Parameters<SessionStore['open']>[0]): Promise<Session | null> {
  const [row] = await tx.query<SessionRow>(
    'sessions-open',
    `with owner as (
      select id
      from accounts
      where project_id = $1 and id = $2 and is_active and ($7::integer is null or password_version = $7)
        and ($9::text is null or email = $9 and email_verified_at is not null or phone = $9 and phone_verified_at is not null)
      for share
    ),
    clock as materialized (
      select clock_now() as now
    ),
    opened as (
      insert into sessions (project_id, id, account_id, label, mount, created_at, last_used_at, expires_at)
      select $1, $3, owner.id, $4, $8, now, now, now + $6::double precision * interval '1 second'
      from owner, clock
      returning *
    ),
    token as (
      insert into refresh_tokens (project_id, hash, session_id, created_at)
      select project_id, $5, id, created_at
      from opened
    )
    select ${sessionColumns}
    from opened s`,
    [
      session.projectId,
      session.accountId,
      session.id,
      session.label,
      session.refreshHash,
      session.lifeSeconds,
      session.passwordVersion,
      session.mount,
      session.provenAddress,
    ],
  )
  if (row === undefined) return null
  const { projectId: scope, accountId, id: sessionId, method, otherAddress } = session
  const eased = otherAddress === null ? [] : await easeLock(tx, scope, otherAddress)
  await recordEvents(tx, [
    { scope, type: 'session.opened', accountId, details: { sessionId, method } },
    ...eased,
  ])
  return sessionFromRow(row)
}

/** The lock of an address whose owner has proven another one (V4), and the event for it. */
async function easeLock(tx: Transaction, scope: ProjectId, address: Address): Promise<NewEvent[]> {
  const [row] = await tx.query<{ failures: Date[]; locked_until: Date }>(
    'sessions-recipient-locked',
    `select failures, locked_until
    from recipients
    where address = $2 and project_id = $1 and locked_until > clock_now()
    for update`,
    [scope, address],
  )
  if (row === undefined) return []
  const before = { ...newRecipient, failures: row.failures, lockedUntil: row.locked_until }
  const after = recordOtherProof(before)
  if (after === before) return []
  await tx.query(
    'sessions-recipient-eased',
    'update recipients set locked_until = $3 where address = $2 and project_id = $1',
    [scope, address, after.lockedUntil],
  )
  return [
    {
      scope,
      type: 'address.unlocked',
      address,
      details: { until: after.lockedUntil?.toISOString() ?? null },
    },
  ]
}

async function refresh(
  tx: Transaction,
  { projectId, hash, nextHash }: Parameters<SessionStore['refresh']>[0],
  {
    judge,
    refusals,
  }: { judge: (state: RefreshState | null) => RefreshJudgement; refusals: RepeatedRefusals },
): Promise<{ judgement: RefreshJudgement; session: Session | null; now: Date; noted: NotedRefusal[] }> {
  // The session alone is locked: a repetition writes to a second token, and would wait in a circle with who holds that one.
  const [row] = await tx.query<SessionRow & { paced_until: Date | null }>(
    'sessions-refresh-lock',
    `select ${sessionColumns}, s.paced_until
    from refresh_tokens t
    join sessions s on s.project_id = t.project_id and s.id = t.session_id
    where t.project_id = $1 and t.hash = $2
    for no key update of s`,
    [projectId, hash],
  )
  const session = row === undefined ? null : sessionFromRow(row)
  const state = session === null ? null : await readRefreshState(tx, session, hash)
  if (session === null || state === null)
    return { judgement: judge(null), session: null, now: await readClock(tx), noted: [] }
  const { now } = state
  const judgement = judge({ ...state, pacedUntil: row?.paced_until ?? null, session })
  if (judgement.ok && judgement.isRepetition) await replaceSuccessor(tx, session, { hash, nextHash, now })
  else if (judgement.ok) await rotate(tx, session, { hash, nextHash, now, pacedUntil: judgement.pacedUntil })
  else if (judgement.endsFamily) await endFamily(tx, session, now)
  const { isRecorded, noted } = chooseRecorded(refusals, [repeatedRefresh(session, judgement)])
  if (isRecorded(0)) await recordEvents(tx, [eventOfRefresh(session, judgement)])
  return { judgement, session, now, noted }
}

/** Read after the session is locked, because the previous holder of the lock may have spent the token or its successor. */
async function readRefreshState(
  tx: Transaction,
  { projectId, accountId }: Session,
  hash: Buffer,
): Promise<Omit<RefreshState, 'session' | 'pacedUntil'> | null> {
  const [row] = await tx.query<{
    now: Date
    spent_at: Date | null
    is_successor_unused: boolean
    is_active: boolean
  }>(
    'sessions-refresh-read',
    `select clock_now() as now, t.spent_at, a.is_active,
      t.repeated_at is null and next.hash is not null and next.spent_at is null as is_successor_unused
    from refresh_tokens t
    join accounts a on a.project_id = t.project_id and a.id = $3
    left join refresh_tokens next on next.project_id = t.project_id and next.hash = t.successor
    where t.project_id = $1 and t.hash = $2`,
    [projectId, hash, accountId],
  )
  if (row === undefined) return null // Maintenance deletes the tokens of old sessions.
  return {
    now: row.now,
    spentAt: row.spent_at,
    isSuccessorUnused: row.is_successor_unused,
    isAccountActive: row.is_active,
  }
}

/** A spent token can be sent any number of times, so its refusals are counted together. */
const repeatedRefresh = (session: Session, judgement: RefreshJudgement): RefusalKind | null =>
  judgement.ok || judgement.endsFamily
    ? null
    : { scope: session.projectId, type: 'session.refused', refusal: judgement.refusal, of: session.id }

/**
 * A token that nobody issued belongs to no session and leaves no event: a caller that tries such tokens would fill the
 * table.
 */
function eventOfRefresh(
  { projectId: scope, accountId, id: sessionId }: Session,
  judgement: RefreshJudgement,
): NewEvent {
  const about = { scope, accountId }
  if (judgement.ok) return { ...about, type: 'session.refreshed', details: { sessionId } }
  if (judgement.endsFamily) return { ...about, type: 'session.reused', details: { sessionId } }
  return { ...about, type: 'session.refused', details: { sessionId, refusal: judgement.refusal } }
}

async function rotate(
  tx: Transaction,
  { projectId, id }: Session,
  { hash, nextHash, now, pacedUntil }: { hash: Buffer; nextHash: Buffer; now: Date; pacedUntil: Date },
): Promise<void> {
  const spent = await tx.query(
    'sessions-spend',
    `with spent as (
      update refresh_tokens
      set spent_at = $5, successor = $4
      where project_id = $1 and hash = $3 and spent_at is null
      returning session_id
    ),
    used as (
      update sessions
      set last_used_at = $5, paced_until = $6
      where project_id = $1 and id = $2 and ended_at is null
    )
    insert into refresh_tokens (project_id, hash, session_id, created_at)
    select $1, $4, session_id, $5
    from spent
    returning hash`,
    [projectId, id, hash, nextHash, now, pacedUntil],
  )
  if (spent.length !== 1) throw new Error('a refresh token was spent twice under its lock')
}

/**
 * Puts a new token in the place of a successor whose answer was lost, once. The one that nobody has used counts as spent, so
 * whoever has got it after all is known for a second holder (T3).
 */
async function replaceSuccessor(
  tx: Transaction,
  { projectId, id }: Session,
  { hash, nextHash, now }: { hash: Buffer; nextHash: Buffer; now: Date },
): Promise<void> {
  const replaced = await tx.query(
    'sessions-replace',
    `with replaced as (
      update refresh_tokens next
      set spent_at = $5
      from refresh_tokens t
      where t.project_id = $1 and t.hash = $3 and t.repeated_at is null
        and next.project_id = $1 and next.hash = t.successor and next.spent_at is null
      returning next.session_id
    ),
    repeated as (
      update refresh_tokens
      set successor = $4, repeated_at = $5
      where project_id = $1 and hash = $3
    ),
    used as (
      update sessions
      set last_used_at = $5
      where project_id = $1 and id = $2 and ended_at is null
    )
    insert into refresh_tokens (project_id, hash, session_id, created_at)
    select $1, $4, session_id, $5
    from replaced
    returning hash`,
    [projectId, id, hash, nextHash, now],
  )
  if (replaced.length !== 1) throw new Error('a successor was replaced twice under the lock of its session')
}

async function endFamily(tx: Transaction, { projectId, id }: Session, now: Date): Promise<void> {
  await tx.query(
    'sessions-end-family',
    `update sessions
    set ended_at = $3, end_reason = 'reuse'
    where project_id = $1 and id = $2 and ended_at is null`,
    [projectId, id, now],
  )
}
