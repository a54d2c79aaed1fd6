import { randomBytes } from 'node:crypto'
import { serverScope } from '../../domain/event.ts'
import type { OperatorId } from '../../domain/operator.ts'
import type {
  OpenOperatorSession,
  OperatorSession,
  OperatorSessionStore,
  SecondFactors,
  SignInMethod,
} from '../../engine/ports/operator-sessions.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import { hasSecondFactorSql, type OperatorRow, operatorColumns, operatorFromRow } from './operators.ts'

/** NIST SP 800-63B-4 section 2.2.3: a day in all, an hour without a request. */
const lifeSeconds = 24 * 3600
const idleSeconds = 3600
/** The second factor is at hand, or is not. */
const unfinishedSeconds = 600
const answersMax = 5
/** A use is noted once in this time, so that not every request writes. */
const notedSeconds = 60

const sessionColumns = `s.id as session_id, s.method, s.is_complete, s.network, s.user_agent, s.created_at, s.last_used_at,
  s.expires_at`

const isOpen = `s.expires_at > clock_now() and s.last_used_at > clock_now() - interval '${idleSeconds} seconds'`

const factorColumns = `
  (select count(*)::integer from operator_passkeys k where k.operator_id = o.id) as passkeys,
  exists (
    select from totp_authenticators t
    where t.project_id = '${serverScope}' and t.subject = o.id and t.confirmed_at is not null
  ) as totp,
  (select count(*)::integer from operator_recovery_codes c where c.operator_id = o.id) as recovery_codes`

type SessionRow = {
  session_id: string
  method: SignInMethod
  is_complete: boolean
  network: string
  user_agent: string
  created_at: Date
  last_used_at: Date
  expires_at: Date
}

type OpenRow = SessionRow &
  OperatorRow & { is_use_noted: boolean; recovery_codes: number } & Omit<SecondFactors, 'recoveryCodes'>

const sessionFromRow = (operatorId: OperatorId, row: SessionRow): OperatorSession => ({
  id: row.session_id,
  operatorId,
  method: row.method,
  isComplete: row.is_complete,
  network: row.network,
  userAgent: row.user_agent,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
})

const openFromRow = (row: OpenRow): OpenOperatorSession => ({
  session: sessionFromRow(row.id, row),
  operator: operatorFromRow(row),
  factors: { passkeys: row.passkeys, totp: row.totp, recoveryCodes: row.recovery_codes },
})

const findSql = (where: string): string => `
  select ${sessionColumns}, ${operatorColumns}, ${factorColumns},
    s.last_used_at > clock_now() - interval '${notedSeconds} seconds' as is_use_noted
  from operator_sessions s
  join operators o on o.id = s.operator_id
  where ${where} and ${isOpen}`

/** The store of operators' sessions. Nothing is cached: what has ended on one node has ended on all (T4). */
export const createOperatorSessionStore = (database: Database): OperatorSessionStore => ({
  open: (session) => database.transaction((tx) => open(tx, session)),

  async find(tokenHash) {
    const [row] = await database.query<OpenRow>('operator-sessions-find', findSql('s.token_hash = $1'), [
      tokenHash,
    ])
    if (row === undefined) return null
    if (!row.is_use_noted) await touch(database, row)
    return openFromRow(row)
  },

  async list(operatorId) {
    const rows = await database.query<SessionRow>(
      'operator-sessions-list',
      `select ${sessionColumns}
      from operator_sessions s
      where s.operator_id = $1 and s.is_complete and ${isOpen}
      order by s.created_at desc, s.id`,
      [operatorId],
    )
    return rows.map((row) => sessionFromRow(operatorId, row))
  },

  async countAnswer(id) {
    const rows = await database.query(
      'operator-sessions-answer',
      `update operator_sessions
      set answers = answers + 1
      where id = $1 and not is_complete and answers < $2
      returning id`,
      [id, answersMax],
    )
    return rows.length > 0
  },

  complete: (id, tokenHash, factor) =>
    database.transaction(async (tx) => {
      const completed = await tx.query(
        'operator-sessions-complete',
        `update operator_sessions
        set token_hash = $2, is_complete = true, passkey_challenge = null, last_used_at = clock_now(),
          expires_at = created_at + make_interval(secs => $3)
        where id = $1 and not is_complete and expires_at > clock_now()
        returning id`,
        [id, tokenHash, lifeSeconds],
      )
      return completed.length === 0 ? null : signedIn(tx, id, factor)
    }),

  end: (operatorId, id) =>
    database.transaction(async (tx) => (await endSessions(tx, { operatorId, id, exceptId: null })) > 0),

  endAll: (operatorId, exceptId) =>
    database.transaction((tx) => endSessions(tx, { operatorId, id: null, exceptId })),

  async isAnyOpen() {
    const rows = await database.query(
      'operator-sessions-any',
      `select 1 from operator_sessions s where s.is_complete and ${isOpen} limit 1`,
    )
    return rows.length > 0
  },

  async keepChallenge(id, challenge) {
    await database.query(
      'operator-sessions-challenge',
      'update operator_sessions set passkey_challenge = $2 where id = $1',
      [id, challenge],
    )
  },

  async takeChallenge(id) {
    const [row] = await database.query<{ challenge: string | null }>(
      'operator-sessions-take-challenge',
      `update operator_sessions s
      set passkey_challenge = null
      from (select id, passkey_challenge as challenge from operator_sessions where id = $1 for update) before
      where s.id = before.id
      returning before.challenge`,
      [id],
    )
    return row?.challenge ?? null
  },
})

async function open(
  tx: Transaction,
  { operatorId, tokenHash, method, network, userAgent }: Parameters<OperatorSessionStore['open']>[0],
): Promise<OpenOperatorSession | null> {
  const id = `OPS_${randomBytes(6).toString('hex')}`
  // Rows of the past are of no use to anybody, and there is no better moment to think of them.
  await tx.query('operator-sessions-expire', 'delete from operator_sessions where expires_at < clock_now()')
  const [row] = await tx.query<{ is_complete: boolean }>(
    'operator-sessions-insert',
    `insert into operator_sessions
      (id, token_hash, operator_id, method, is_complete, network, user_agent, expires_at)
    select $1, $2, o.id, $4, not ${hasSecondFactorSql}, $5, $6,
      clock_now() + make_interval(secs => case when ${hasSecondFactorSql} then $7::integer else $8::integer end)
    from operators o
    where o.id = $3
    returning is_complete`,
    [id, tokenHash, operatorId, method, network, userAgent, unfinishedSeconds, lifeSeconds],
  )
  if (row === undefined) return null
  return row.is_complete ? signedIn(tx, id, null) : findById(tx, id)
}

/** Notes that an operator is signed in. */
async function signedIn(
  tx: Transaction,
  id: string,
  factor: string | null,
): Promise<OpenOperatorSession | null> {
  const opened = await findById(tx, id)
  if (opened === null) return null
  const { operator, session } = opened
  await tx.query('operators-seen', 'update operators set last_seen_at = clock_now() where id = $1', [
    operator.id,
  ])
  const details = { operatorId: operator.id, sessionId: id, method: session.method, factor }
  await recordActions(tx, [{ scope: serverScope, type: 'operator.signed-in', details }])
  return opened
}

async function findById(tx: Transaction, id: string): Promise<OpenOperatorSession | null> {
  const [row] = await tx.query<OpenRow>('operator-sessions-find-id', findSql('s.id = $1'), [id])
  return row === undefined ? null : openFromRow(row)
}

async function touch(database: Database, { session_id: id, id: operatorId }: OpenRow): Promise<void> {
  await database.query(
    'operator-sessions-touch',
    `with used as (
      update operator_sessions set last_used_at = clock_now() where id = $1
    )
    update operators set last_seen_at = clock_now() where id = $2`,
    [id, operatorId],
  )
}

async function endSessions(
  tx: Transaction,
  { operatorId, id, exceptId }: { operatorId: OperatorId; id: string | null; exceptId: string | null },
): Promise<number> {
  const ended = await tx.query<{ id: string }>(
    'operator-sessions-end',
    `delete from operator_sessions
    where operator_id = $1 and ($2::text is null or id = $2) and ($3::text is null or id <> $3)
    returning id`,
    [operatorId, id, exceptId],
  )
  await recordActions(
    tx,
    ended.map((session) => ({
      scope: serverScope,
      type: 'operator.signed-out',
      details: { operatorId, sessionId: session.id },
    })),
  )
  return ended.length
}
