import { createHash } from 'node:crypto'
import type { Account, PasswordHash } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { Proof } from '../../domain/evidence.ts'
import { limitId } from '../../domain/judge-send.ts'
import { isExhausted, resetSeconds } from '../../domain/limit.ts'
import type { PasswordLock } from '../../domain/password.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type { AccountKey } from '../../engine/ports/accounts.ts'
import type { HashKind } from '../../engine/ports/password-hashing.ts'
import type { PasswordStore, StoredPassword } from '../../engine/ports/passwords.ts'
import { readLimits, windowIn } from '../batches/batch-limits.ts'
import { countLimits } from '../batches/count-limits.ts'
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
import { type AccountRow, accountColumns, accountFromRow, endSessions } from './account-rows.ts'
import { settleRegistrations } from './registrations.ts'

/*
 * Stored passwords: their hashes, their attempts, their replacement.
 */

type PasswordRow = AccountRow & {
  password_hash: string | null
  password_version: number
  password_failures: number
  password_locked_until: Date | null
}

/** The store of passwords. Each operation is one locked transaction. */
export const createPasswordStore = (
  database: Database,
  refusals: RepeatedRefusals = createRepeatedRefusals(),
): PasswordStore => ({
  async attempt(key, rules) {
    const { noted, attempted } = await database.transaction((tx) => attempt(tx, key, { ...rules, refusals }))
    refusals.note(noted)
    return attempted
  },
  async countFailure(projectId, limits) {
    if (limits.length > 0) await countLimits(database, projectId, limits)
  },
  accept: (attempted, newHash) => database.transaction((tx) => accept(tx, attempted, newHash)),
  reset: (proof, hash) => database.transaction((tx) => reset(tx, proof, hash)),
})

type AttemptRules = Parameters<PasswordStore['attempt']>[1] & { refusals: RepeatedRefusals }
type Attempted = { attempted: Awaited<ReturnType<PasswordStore['attempt']>>; noted: NotedRefusal[] }

/** Judges an attempt under the lock of its account, and stores the count before the password is compared. */
async function attempt(tx: Transaction, key: AccountKey, rules: AttemptRules): Promise<Attempted> {
  const limited = await refuseLimited(tx, key, rules)
  if (limited !== null) return limited
  const importedKinds = await readImportedKinds(tx, key.projectId)
  const { judge, refusals } = rules
  const row = await lockAccount(tx, key)
  const account = accountFromRow(row)
  const address = addressOf(key)
  if (row === undefined || account === null) {
    await countUnknown(tx, key)
    // Recorded like any other attempt, so that it also takes as long (A3).
    const tried: NewEvent = {
      scope: key.projectId,
      type: 'password.attempted',
      address,
      details: { outcome: 'counted' },
    }
    const noted = await recordRefusal(tx, key, {
      events: [tried],
      kind: { scope: key.projectId, type: 'password.attempted', refusal: 'unknown', of: '' },
      refusals,
    })
    return {
      attempted: { isLimited: false, isAllowed: true, account: null, stored: null, importedKinds },
      noted,
    }
  }

  const lock = { failures: row.password_failures, lockedUntil: row.password_locked_until }
  // Read after the lock is held: a statement that waited for the lock would return the time when it began to wait.
  const { isAllowed, next } = judge(lock, await readClock(tx))
  await tx.query(
    'passwords-count',
    `update accounts
    set password_failures = $3, password_locked_until = $4
    where project_id = $1 and id = $2`,
    [account.projectId, account.id, next.failures, next.lockedUntil],
  )
  const events = eventsOfAttempt({ account, address, isAllowed, lock, next })
  const kind: RefusalKind | null = isAllowed
    ? null
    : { scope: account.projectId, type: 'password.attempted', refusal: 'locked', of: String(account.id) }
  const noted = await recordRefusal(tx, key, { events, kind, refusals })
  const stored = storedPasswordFromRow(row)
  return { attempted: { isLimited: false, isAllowed, account, stored, importedKinds }, noted }
}

/** Refuses an attempt of a network that has failed too often; null while it may go on. */
async function refuseLimited(
  tx: Transaction,
  key: AccountKey,
  { guards, refusals }: AttemptRules,
): Promise<Attempted | null> {
  const { projectId } = key
  const uses = guards.map((limit) => ({ projectId, limit }))
  const limits = await readLimits(tx, uses)
  const now = await readClock(tx)
  const exhausted = uses.filter((use) => isExhausted(windowIn(limits, use, now), use.limit))
  if (exhausted.length === 0) return null
  const waits = exhausted.map((use) => resetSeconds(windowIn(limits, use, now), use.limit, now))
  const kind: RefusalKind = {
    scope: projectId,
    type: 'password.attempted',
    refusal: 'too-many-requests',
    of: guards.map(limitId).join(' '),
  }
  const { isRecorded, noted } = chooseRecorded(refusals, [kind])
  if (isRecorded(0))
    await recordEvents(tx, [
      {
        scope: projectId,
        type: 'password.attempted',
        address: addressOf(key),
        details: { outcome: 'refused' },
      },
    ])
  return { attempted: { isLimited: true, retryAfterSeconds: Math.max(...waits) }, noted }
}

/** The index of this condition holds nothing else, and each step takes one entry of it, however many accounts there are. */
async function readImportedKinds(tx: Transaction, projectId: ProjectId): Promise<HashKind[]> {
  const kind =
    "substring(password_hash from '^(\\$2.\\$\\d\\d|\\$argon2id(\\$v=\\d+)?\\$m=\\d+,t=\\d+,p=\\d+)\\$')"
  const imported = `project_id = $1 and password_hash is not null
    and not starts_with(password_hash, '$argon2id$v=19$m=19456,t=2,p=1$')`
  const rows = await tx.query<{ kind: HashKind }>(
    'passwords-imported-kinds',
    `with recursive kinds as (
      (select ${kind} as kind from accounts where ${imported} order by 1 limit 1)
      union all
      select (select ${kind} from accounts where ${imported} and ${kind} > k.kind order by 1 limit 1)
      from kinds k
      where k.kind is not null
    )
    select kind
    from kinds
    where kind is not null`,
    [projectId],
  )
  return rows.map((row) => row.kind)
}

/** Records an attempt, or where it is one of too many that changed nothing, writes something that takes as long (A3). */
async function recordRefusal(
  tx: Transaction,
  key: AccountKey,
  { events, kind, refusals }: { events: NewEvent[]; kind: RefusalKind | null; refusals: RepeatedRefusals },
): Promise<NotedRefusal[]> {
  const { isRecorded, noted } = chooseRecorded(refusals, [kind])
  if (isRecorded(0)) await recordEvents(tx, events)
  else await countUnknown(tx, key)
  return noted
}

/** The count is the change; `password.accepted`, or its absence, shows whether the password was right. */
function eventsOfAttempt({
  account: { projectId: scope, id: accountId },
  address,
  isAllowed,
  lock,
  next,
}: {
  account: Account
  address: Address
  isAllowed: boolean
  lock: PasswordLock
  next: PasswordLock
}): NewEvent[] {
  const outcome = isAllowed ? 'counted' : 'refused'
  const tried: NewEvent = { scope, type: 'password.attempted', accountId, address, details: { outcome } }
  const isLockedNow = next.lockedUntil !== null && next.lockedUntil.getTime() !== lock.lockedUntil?.getTime()
  if (!isLockedNow || next.lockedUntil === null) return [tried]
  return [
    tried,
    { scope, type: 'account.locked', accountId, details: { until: next.lockedUntil.toISOString() } },
  ]
}

/** A password that waits for its account to be verified stands for it, so that its owner is told what is missing (A3). */
async function lockAccount(tx: Transaction, key: AccountKey): Promise<PasswordRow | undefined> {
  const isEmail = 'email' in key
  const [row] = await tx.query<PasswordRow>(
    isEmail ? 'passwords-lock-email' : 'passwords-lock-phone',
    `select ${accountColumns}, coalesce(a.password_hash, waiting.password_hash) as password_hash, a.password_version, a.password_failures, a.password_locked_until
    from accounts a
    left join lateral (
      select password_hash
      from registrations
      where project_id = a.project_id and account_id = a.id
      order by challenge_id desc
      limit 1
    ) waiting on a.email_verified_at is null
    where a.project_id = $1 and a.type = $2
      and ${isEmail ? 'a.email = $3' : 'a.phone = $3 and a.phone_verified_at is not null'}
    for no key update of a`,
    [key.projectId, key.type, isEmail ? key.email : key.phone],
  )
  return row
}

/**
 * Writes a row for an unknown address: a commit that writes waits for the disk, so one that does not could be told
 * apart (A3). All unknown addresses of a project share a few thousand rows, so that nobody can fill the table.
 */
async function countUnknown(tx: Transaction, key: AccountKey): Promise<void> {
  await readClock(tx)
  await tx.query(
    'passwords-count-unknown',
    `insert into limits (project_id, scope, key, started_at, count, members)
    values ($1, 'unknown-logins', $2, clock_now(), 1, '{}')
    on conflict (project_id, scope, key) do update
    set started_at = excluded.started_at`,
    [key.projectId, createHash('sha256').update(addressOf(key)).digest('hex').slice(0, 3)],
  )
}

const addressOf = (key: AccountKey): Address => ('email' in key ? key.email : key.phone)

const storedPasswordFromRow = (row: PasswordRow): StoredPassword | null =>
  row.password_hash === null
    ? null
    : {
        projectId: row.project_id,
        accountId: row.id,
        hash: new Secret(row.password_hash),
        passwordVersion: row.password_version,
      }

/** Clears the count after a right password, unless the password was replaced in the meantime. */
async function accept(
  tx: Transaction,
  { projectId, accountId, passwordVersion }: StoredPassword,
  newHash: PasswordHash | null,
): Promise<void> {
  const accepted = await tx.query(
    'passwords-accept',
    `update accounts
    set password_failures = 0, password_locked_until = null,
      password_hash = case when password_hash is null then null else coalesce($4, password_hash) end
    where project_id = $1 and id = $2 and password_version = $3
    returning id`,
    [projectId, accountId, passwordVersion, newHash?.reveal() ?? null],
  )
  if (accepted.length > 0)
    await recordEvents(tx, [{ scope: projectId, type: 'password.accepted', accountId, details: {} }])
}

/** Replaces the password of the person who has proven the address, and ends every session with it (A4). */
async function reset(tx: Transaction, proof: Proof, passwordHash: PasswordHash): Promise<Account | null> {
  const { projectId, accountId, address } = proof
  const [found] = await tx.query<{ id: AccountId; is_proven: boolean }>(
    'passwords-reset-lock',
    `select id, email_verified_at is not null as is_proven
    from accounts
    where project_id = $1 and id = $2 and email = $3 and is_active
    for no key update`,
    [projectId, accountId, address],
  )
  if (found === undefined) return null
  if (!found.is_proven) await settleRegistrations(tx, proof, { accountId: found.id, registrant: null })
  const [row] = await tx.query<AccountRow>(
    'passwords-reset',
    `update accounts a
    set password_hash = $4,
      password_version = a.password_version + 1,
      password_failures = 0,
      password_locked_until = null
    where a.project_id = $1 and a.id = $2 and a.email = $3 and a.is_active
    returning ${accountColumns}`,
    [projectId, accountId, address, passwordHash.reveal()],
  )
  if (row === undefined) return null
  const { challengeId } = proof
  await recordEvents(tx, [{ scope: projectId, type: 'password.reset', accountId, challengeId, details: {} }])
  await endSessions(tx, projectId, { accountId, reason: 'password-reset' })
  return accountFromRow(row)
}
