import { createHash } from 'node:crypto'
import type { Account } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import type { NewEvent } from '../../domain/event.ts'
import { limitId } from '../../domain/judge-send.ts'
import type { PasswordLock } from '../../domain/password.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type { AccountKey } from '../../engine/ports/accounts.ts'
import type { HashKind } from '../../engine/ports/password-hashing.ts'
import type { PasswordStore, StoredPassword } from '../../engine/ports/passwords.ts'
import { secondsUntilRoom } from '../batches/count-limits.ts'
import { recordEvents } from '../batches/events.ts'
import {
  chooseRecorded,
  type NotedRefusal,
  type RefusalKind,
  type RepeatedRefusals,
} from '../batches/repeated-refusals.ts'
import { readClock } from '../postgres/database-time.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type AccountRow, accountColumns, accountFromRow, emailIdentifies } from './account-rows.ts'

/*
 * Attempts at passwords: they are counted before anything is compared, alike for every account and for none (A3).
 */

type PasswordRow = AccountRow & {
  password_hash: string | null
  password_version: number
  password_failures: number
  password_locked_until: Date | null
}

type AttemptRules = Parameters<PasswordStore['attempt']>[1] & { refusals: RepeatedRefusals }
type Attempted = { attempted: Awaited<ReturnType<PasswordStore['attempt']>>; noted: NotedRefusal[] }

/** Judges an attempt under the lock of its account, and stores the count before the password is compared. */
export async function attemptPassword(
  tx: Transaction,
  key: AccountKey,
  rules: AttemptRules,
): Promise<Attempted> {
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
  const retryAfterSeconds = await secondsUntilRoom(tx, projectId, guards)
  if (retryAfterSeconds === null) return null
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
  return { attempted: { isLimited: true, retryAfterSeconds }, noted }
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
      and ${isEmail ? `a.email = $3 and ${emailIdentifies}` : 'a.phone = $3 and a.phone_verified_at is not null'}
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
