import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { RefreshJudgement, RefreshState, Session, SessionId } from '../../domain/session.ts'
import type { SessionStore } from '../../engine/ports/sessions.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'
import { writeEvents } from './events.ts'
import { chooseRecorded, type RefusalKind, type RepeatedRefusals } from './repeated-refusals.ts'
import { type SessionRow, sessionColumns, sessionFromRow } from './session-rows.ts'

/*
 * Refresh tokens are exchanged many in one transaction, under the locks of their sessions. Tokens of one session may be in one
 * batch: each is judged by what the one before it left.
 */

export type PendingRefresh = {
  token: Parameters<SessionStore['refresh']>[0]
  judge: Parameters<SessionStore['refresh']>[1]
}

type Refreshed = Awaited<ReturnType<SessionStore['refresh']>>

/** Decides many refreshes in one transaction. A refusal that ends its session is a value, so the end commits with it (T3). */
export async function refreshSessions(
  database: Database,
  pending: PendingRefresh[],
  refusals: RepeatedRefusals,
): Promise<Refreshed[]> {
  const { refreshed, noted } = await database.batch(async (tx) => {
    const { now, tokens, families } = await lockAndRead(tx, pending)
    const refreshed = pending.map(({ token: { projectId, hash, nextHash }, judge }): Refreshed => {
      const token = tokens.get(keyOf(projectId, hash.toString('hex')))
      const family = token === undefined ? undefined : families.get(keyOf(projectId, token.sessionId))
      if (token === undefined || family === undefined) return { judgement: judge(null), session: null, now }
      const successor = token.successor === null ? undefined : tokens.get(keyOf(projectId, token.successor))
      const judgement = judge(stateOf(token, { family, successor, now }))
      const next = tokenOf(token, nextHash.toString('hex'))
      if (judgement.ok) tokens.set(keyOf(projectId, next.hash), next)
      applyJudgement(judgement, { token, successor, next, family, now })
      return { judgement, session: family.session, now }
    })

    const { isRecorded, noted } = chooseRecorded(refusals, refreshed.map(repeatedRefresh))
    writeFamilies(tx, [...families.values()])
    writeTokens(tx, [...tokens.values()], now)
    const events = refreshed.flatMap((each, index) => (isRecorded(index) ? eventsOfRefresh(each) : []))
    writeEvents(tx, events, now)
    return { refreshed, noted }
  })
  refusals.note(noted)
  return refreshed
}

/** A refresh token. The hashes are in hexadecimal digits. */
type Token = {
  projectId: ProjectId
  sessionId: SessionId
  hash: string
  spentAt: Date | null
  /** The token that took its place, and when that was replaced by another one because its answer was lost. */
  successor: string | null
  repeatedAt: Date | null
  isChanged: boolean
}

/** A session with what its refreshes change. */
type Family = { session: Session; pacedUntil: Date | null; isAccountActive: boolean; isChanged: boolean }

const keyOf = (projectId: ProjectId, hashOrId: string): string => `${projectId} ${hashOrId}`

const tokenOf = ({ projectId, sessionId }: Pick<Token, 'projectId' | 'sessionId'>, hash: string): Token => ({
  projectId,
  sessionId,
  hash,
  spentAt: null,
  successor: null,
  repeatedAt: null,
  isChanged: true,
})

const stateOf = (
  token: Token,
  { family, successor, now }: { family: Family; successor: Token | undefined; now: Date },
): RefreshState => ({
  now,
  spentAt: token.spentAt,
  isSuccessorUnused: token.repeatedAt === null && successor !== undefined && successor.spentAt === null,
  pacedUntil: family.pacedUntil,
  session: family.session,
  isAccountActive: family.isAccountActive,
})

/** Changes a session and its tokens by what was decided. */
function applyJudgement(
  judgement: RefreshJudgement,
  {
    token,
    successor,
    next,
    family,
    now,
  }: { token: Token; successor: Token | undefined; next: Token; family: Family; now: Date },
): void {
  if (!judgement.ok) {
    if (judgement.endsFamily)
      Object.assign(family, { session: { ...family.session, endedAt: now }, isChanged: true })
    return
  }
  // The one that nobody has used counts as spent, so whoever has got it after all is known for a second holder (T3).
  if (judgement.isRepetition && successor !== undefined)
    Object.assign(successor, { spentAt: now, isChanged: true })
  const spent = judgement.isRepetition ? { repeatedAt: now } : { spentAt: now }
  Object.assign(token, { ...spent, successor: next.hash, isChanged: true })
  const paced = judgement.isRepetition ? {} : { pacedUntil: judgement.pacedUntil }
  Object.assign(family, { ...paced, session: { ...family.session, lastUsedAt: now }, isChanged: true })
}

const asked = rowList({ project_id: 'text', hash: 'bytea' })

// In the order of their keys, as whoever ends several sessions locks them, so that neither deadlocks the other.
const lockSql = `
  with wanted as materialized (
    select distinct t.project_id, t.session_id
    from ${asked.from}
    cross join lateral (
      select project_id, session_id
      from refresh_tokens
      where project_id = i.project_id and hash = i.hash
      limit 1
    ) t
    order by t.project_id, t.session_id
  )
  select w.project_id, w.session_id
  from wanted w
  cross join lateral (
    select
    from sessions
    where project_id = w.project_id and id = w.session_id
    for no key update
  ) locked`

const readSql = `
  with clock as materialized (select clock_now() as now)
  select clock.now, k.*
  from clock
  cross join ${asked.from}
  left join lateral (
    select encode(t.hash, 'hex') as hash, t.spent_at, encode(t.successor, 'hex') as successor, t.repeated_at,
      next.spent_at as successor_spent_at, ${sessionColumns}, s.paced_until, a.is_active
    from (select * from refresh_tokens where project_id = i.project_id and hash = i.hash limit 1) t
    cross join lateral (select * from sessions where project_id = t.project_id and id = t.session_id limit 1) s
    cross join lateral (select is_active from accounts where project_id = s.project_id and id = s.account_id limit 1) a
    left join lateral (
      select spent_at from refresh_tokens where project_id = t.project_id and hash = t.successor limit 1
    ) next on true
  ) k on true`

type ReadRow = { now: Date } & (
  | ({
      hash: string
      spent_at: Date | null
      successor: string | null
      repeated_at: Date | null
      successor_spent_at: Date | null
      paced_until: Date | null
      is_active: boolean
    } & SessionRow)
  | { hash: null }
)

type Known = { now: Date; tokens: Map<string, Token>; families: Map<string, Family> }

/**
 * Locks the sessions of the tokens, and reads both. Read after the lock is held, because its previous holder may have spent a
 * token or its successor.
 */
async function lockAndRead(tx: Transaction, pending: PendingRefresh[]): Promise<Known> {
  const values = asked.values(
    pending.map(({ token: { projectId, hash } }) => ({
      project_id: projectId,
      hash: `\\x${hash.toString('hex')}`,
    })),
  )
  const [locked, rows] = await Promise.all([
    tx.query<{ project_id: ProjectId; session_id: SessionId }>('sessions-refresh-lock', lockSql, values),
    tx.query<ReadRow>('sessions-refresh-read', readSql, values),
  ])
  const now = rows[0]?.now
  if (now === undefined) throw new Error('the database has no clock')

  const lockedKeys = new Set(locked.map((row) => keyOf(row.project_id, row.session_id)))
  const tokens = new Map<string, Token>()
  const families = new Map<string, Family>()
  // What was committed between the two statements is not locked. Nobody can have a token of it yet.
  const found = rows.flatMap((row) =>
    row.hash !== null && lockedKeys.has(keyOf(row.session_project_id, row.session_id)) ? [row] : [],
  )
  for (const row of found) {
    const { session_project_id: projectId, session_id: sessionId, hash, spent_at: spentAt, successor } = row
    const token = { projectId, sessionId, hash, spentAt, successor, repeatedAt: row.repeated_at }
    tokens.set(keyOf(projectId, hash), { ...token, isChanged: false })
    families.set(keyOf(projectId, sessionId), {
      session: sessionFromRow(row),
      pacedUntil: row.paced_until,
      isAccountActive: row.is_active,
      isChanged: false,
    })
  }
  for (const { session_project_id: projectId, session_id: sessionId, successor, ...row } of found) {
    // One that is asked for itself is known already.
    if (successor === null || tokens.has(keyOf(projectId, successor))) continue
    const unasked = { ...tokenOf({ projectId, sessionId }, successor), isChanged: false }
    tokens.set(keyOf(projectId, successor), { ...unasked, spentAt: row.successor_spent_at })
  }
  return { now, tokens, families }
}

const families = rowList({
  project_id: 'text',
  id: 'uuid',
  last_used_at: 'timestamptz',
  paced_until: 'timestamptz',
  ended_at: 'timestamptz',
})
// The limit makes the planner expect few rows, so that each is looked up by its key.
const writeFamiliesSql = `
  update sessions s
  set last_used_at = i.last_used_at, paced_until = i.paced_until, ended_at = i.ended_at,
    end_reason = case when i.ended_at is null then null else 'reuse' end
  from (select * from ${families.from} limit cardinality($1::text[])) i
  where s.project_id = i.project_id and s.id = i.id`

function writeFamilies(tx: BatchTransaction, known: Family[]): void {
  const rows = known
    .filter(({ isChanged }) => isChanged)
    .map(({ session: { projectId, id, lastUsedAt, endedAt }, pacedUntil }) => ({
      project_id: projectId,
      id,
      last_used_at: lastUsedAt,
      paced_until: pacedUntil,
      ended_at: endedAt,
    }))
  if (rows.length > 0) tx.write('sessions-used', writeFamiliesSql, families.values(rows))
}

const written = rowList({
  project_id: 'text',
  hash: 'bytea',
  session_id: 'uuid',
  spent_at: 'timestamptz',
  successor: 'bytea',
  repeated_at: 'timestamptz',
})
const writeTokensSql = `
  insert into refresh_tokens (${written.columns}, created_at)
  select ${written.columns}, ${written.after(1)}
  from ${written.from}
  on conflict (project_id, hash) do update
  set spent_at = excluded.spent_at, successor = excluded.successor, repeated_at = excluded.repeated_at`

function writeTokens(tx: BatchTransaction, known: Token[], now: Date): void {
  const rows = known
    .filter(({ isChanged }) => isChanged)
    .map(({ projectId, hash, sessionId, spentAt, successor, repeatedAt }) => ({
      project_id: projectId,
      hash: `\\x${hash}`,
      session_id: sessionId,
      spent_at: spentAt,
      successor: successor === null ? null : `\\x${successor}`,
      repeated_at: repeatedAt,
    }))
  if (rows.length > 0) tx.write('sessions-spend', writeTokensSql, [...written.values(rows), now])
}

/** A spent token can be sent any number of times, so its refusals are counted together. */
const repeatedRefresh = ({ judgement, session }: Refreshed): RefusalKind | null =>
  session === null || judgement.ok || judgement.endsFamily
    ? null
    : { scope: session.projectId, type: 'session.refused', refusal: judgement.refusal, of: session.id }

/**
 * A token that nobody issued belongs to no session and leaves no event: a caller that tries such tokens would fill the
 * table.
 */
function eventsOfRefresh({ judgement, session }: Refreshed): NewEvent[] {
  if (session === null) return []
  const { projectId: scope, accountId, id: sessionId } = session
  const about = { scope, accountId }
  if (judgement.ok) return [{ ...about, type: 'session.refreshed', details: { sessionId } }]
  if (judgement.endsFamily) return [{ ...about, type: 'session.reused', details: { sessionId } }]
  return [{ ...about, type: 'session.refused', details: { sessionId, refusal: judgement.refusal } }]
}
