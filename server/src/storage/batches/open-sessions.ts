import type { Address } from '../../domain/address.ts'
import type { ChallengeId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { newRecipient, recordOtherProof } from '../../domain/recipient.ts'
import type { Session } from '../../domain/session.ts'
import type { SessionStore } from '../../engine/ports/sessions.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'
import { byRecipient } from './challenge-rows.ts'
import { writeEvents } from './events.ts'

/*
 * Sessions are opened many in one transaction. No two of a batch are of one account.
 */

export type NewSession = Parameters<SessionStore['open']>[0]

/**
 * Opens each session only if its account is still active and still has the password that was checked, or the address that was
 * proven, and its kept proof is not spent; null where it is not so. The lock on the accounts guarantees that: a reset, a disabling or a change at the same time
 * either sees the session and ends it, or is seen here.
 */
export const openSessions = (database: Database, asked: NewSession[]): Promise<(Session | null)[]> =>
  database.batch(async (tx) => {
    // In one order, so that two batches cannot deadlock on each other's accounts.
    const ordered = [...asked].sort(byAccount)
    const [{ now, owned }, locks, spent] = await Promise.all([
      lockOwners(tx, ordered),
      lockOtherAddresses(tx, ordered),
      spendProofs(tx, ordered),
    ])
    const isProven = ({ keptProof }: NewSession) => keptProof === null || spent.has(keptProof.challengeId)
    const allowed = new Set(ordered.filter((session, index) => owned[index] && isProven(session)))
    if (allowed.size > 0) writeSessions(tx, [...allowed], { now, locks })
    return asked.map((session) => (allowed.has(session) ? sessionOf(session, now) : null))
  })

const byAccount = (one: NewSession, other: NewSession): number =>
  one.accountId - other.accountId || (one.projectId < other.projectId ? -1 : 1)

const owners = rowList({
  project_id: 'text',
  account_id: 'bigint',
  password_version: 'integer',
  proven_address: 'text',
})
const lockOwnersSql = `
  with clock as materialized (select clock_now() as now)
  select clock.now, owner.is_owned
  from clock
  cross join ${owners.from}
  left join lateral (
    select true as is_owned
    from accounts
    where project_id = i.project_id and id = i.account_id and is_active
      and (i.password_version is null or password_version = i.password_version)
      and (i.proven_address is null
        or email is not distinct from i.proven_address and email_verified_at is not null
        or phone is not distinct from i.proven_address and phone_verified_at is not null)
    for share
  ) owner on true
  order by i.n`

/** Locks the accounts of sessions, and tells which of them may be opened, by their index. */
async function lockOwners(tx: Transaction, asked: NewSession[]): Promise<{ now: Date; owned: boolean[] }> {
  const rows = asked.map(({ projectId, accountId, passwordVersion, provenAddress }) => ({
    project_id: projectId,
    account_id: accountId,
    password_version: passwordVersion,
    proven_address: provenAddress,
  }))
  const found = await tx.query<{ now: Date; is_owned: true | null }>(
    'sessions-owners',
    lockOwnersSql,
    owners.values(rows),
  )
  const [first] = found
  if (first === undefined) throw new Error('the database has no clock')
  return { now: first.now, owned: found.map((row) => row.is_owned === true) }
}

/** The locks of addresses that belong to people who have proven another one. */
type AddressLocks = Map<
  string,
  { projectId: ProjectId; address: Address; failures: Date[]; lockedUntil: Date }
>

const addressKey = (projectId: ProjectId, address: Address): string => `${projectId} ${address}`

const others = rowList({ address: 'text', project_id: 'text' })
const lockOthersSql = `
  select i.project_id, i.address, r.failures, r.locked_until
  from ${others.from}
  cross join lateral (
    select failures, locked_until
    from recipients
    where address = i.address and project_id = i.project_id and locked_until > clock_now()
    for update
  ) r`

/** In the order in which checks write recipients, so that neither deadlocks the other. */
async function lockOtherAddresses(tx: Transaction, asked: NewSession[]): Promise<AddressLocks> {
  const rows = asked
    .flatMap(({ projectId, otherAddress }) =>
      otherAddress === null ? [] : [{ address: otherAddress, project_id: projectId }],
    )
    .sort(byRecipient)
  if (rows.length === 0) return new Map()
  const found = await tx.query<{
    project_id: ProjectId
    address: Address
    failures: Date[]
    locked_until: Date
  }>('sessions-recipients-locked', lockOthersSql, others.values(rows))
  return new Map(
    found.map(({ project_id: projectId, address, failures, locked_until: lockedUntil }) => [
      addressKey(projectId, address),
      { projectId, address, failures, lockedUntil },
    ]),
  )
}

const claimed = rowList({ project_id: 'text', challenge_id: 'bytea', claim_hash: 'bytea' })
// The condition is evaluated again under the row's lock, so that only one of two sessions spends a proof. The limit makes the
// planner expect few rows, so that each is looked up by its key.
const spendSql = `
  update proofs p
  set spent_at = clock_now(), spent_with = i.claim_hash
  from (select * from ${claimed.from} order by project_id, challenge_id limit cardinality($1::text[])) i
  where p.project_id = i.project_id and p.challenge_id = i.challenge_id
    and p.spent_at is null and p.expires_at > clock_now()
  returning encode(p.challenge_id, 'hex') as challenge_id`

/** Spends the kept proofs of sessions, each once; answers which have been. */
async function spendProofs(tx: Transaction, asked: NewSession[]): Promise<Set<ChallengeId>> {
  const rows = asked.flatMap(({ projectId, keptProof }) =>
    keptProof === null
      ? []
      : [
          {
            project_id: projectId,
            challenge_id: `\\x${keptProof.challengeId}`,
            claim_hash: `\\x${keptProof.claimHash.toString('hex')}`,
          },
        ],
  )
  if (rows.length === 0) return new Set()
  const spent = await tx.query<{ challenge_id: ChallengeId }>(
    'sessions-spend-proofs',
    spendSql,
    claimed.values(rows),
  )
  return new Set(spent.map(({ challenge_id: id }) => id))
}

const opened = rowList({
  project_id: 'text',
  id: 'uuid',
  account_id: 'bigint',
  label: 'text',
  mount: 'text',
  expires_at: 'timestamptz',
  hash: 'bytea',
})
const openSql = `
  with given as materialized (select ${opened.columns}, ${opened.after(1)}::timestamptz as now from ${opened.from}),
  opened as (
    insert into sessions (project_id, id, account_id, label, mount, created_at, last_used_at, expires_at)
    select project_id, id, account_id, label, mount, now, now, expires_at
    from given
  )
  insert into refresh_tokens (project_id, hash, session_id, created_at)
  select project_id, hash, id, now
  from given`

const sessionOf = (
  { projectId, id, accountId, label, mount, lifeSeconds }: NewSession,
  now: Date,
): Session => ({
  projectId,
  id,
  accountId,
  label,
  mount,
  createdAt: now,
  lastUsedAt: now,
  expiresAt: new Date(now.getTime() + lifeSeconds * 1000),
  endedAt: null,
})

function writeSessions(
  tx: BatchTransaction,
  sessions: NewSession[],
  { now, locks }: { now: Date; locks: AddressLocks },
): void {
  const rows = sessions.map((session) => ({
    project_id: session.projectId,
    id: session.id,
    account_id: session.accountId,
    label: session.label,
    mount: session.mount,
    expires_at: sessionOf(session, now).expiresAt,
    hash: `\\x${session.refreshHash.toString('hex')}`,
  }))
  tx.write('sessions-open', openSql, [...opened.values(rows), now])
  const eased = easeLocks(tx, sessions, locks)
  const events = sessions.map(
    ({ projectId: scope, accountId, id: sessionId, method }): NewEvent => ({
      scope,
      type: 'session.opened',
      accountId,
      details: { sessionId, method },
    }),
  )
  writeEvents(tx, [...events, ...eased], now)
}

const easings = rowList({ address: 'text', project_id: 'text', locked_until: 'timestamptz' })
// The limit makes the planner expect few rows, so that each is looked up by its key.
const easeSql = `
  update recipients r
  set locked_until = i.locked_until
  from (select * from ${easings.from} limit cardinality($1::text[])) i
  where r.address = i.address and r.project_id = i.project_id`

/** Eases the lock of an address whose owner has proven another one (V4), and returns the events for it. */
function easeLocks(tx: BatchTransaction, sessions: NewSession[], locks: AddressLocks): NewEvent[] {
  const eased = sessions.flatMap(({ projectId, otherAddress }) => {
    const key = otherAddress === null ? '' : addressKey(projectId, otherAddress)
    const lock = locks.get(key)
    // Of two accounts with one address, the first has eased it.
    if (lock === undefined || !locks.delete(key)) return []
    const before = { ...newRecipient, failures: lock.failures, lockedUntil: lock.lockedUntil }
    const after = recordOtherProof(before)
    return after === before ? [] : [{ ...lock, lockedUntil: after.lockedUntil }]
  })
  if (eased.length === 0) return []
  const rows = eased.map(({ projectId, address, lockedUntil }) => ({
    address,
    project_id: projectId,
    locked_until: lockedUntil,
  }))
  tx.write('sessions-recipients-eased', easeSql, easings.values(rows.sort(byRecipient)))
  return eased.map(
    ({ projectId: scope, address, lockedUntil }): NewEvent => ({
      scope,
      type: 'address.unlocked',
      address,
      details: { until: lockedUntil?.toISOString() ?? null },
    }),
  )
}
