import type { Account, AccountType } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { ProjectId } from '../../domain/project.ts'
import { recordEvents } from '../batches/events.ts'
import { inOrderOfLocks } from '../batches/session-rows.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type AccountRow, accountColumns, accountFromRow, endSessions, takeNumbers } from './account-rows.ts'

/*
 * Addresses that accounts have and nobody has proven. `registrations.ts` owns what waits for the proof of an e-mail address.
 */

/** An address that its owner has proven, for one type of account. */
export type ProvenAddress = { type: AccountType; address: Address }

const proven = rowList({ type: 'text', address: 'text' })

/**
 * Takes addresses from accounts that only claim them, because their owners have proven them. An account that has
 * nothing but the claim is deleted, unless it is `except`. A disabled account keeps it: signing up again must not undo what an operator did.
 */
export async function releaseClaims(
  tx: Transaction,
  projectId: ProjectId,
  column: 'email' | 'phone',
  addresses: ProvenAddress[],
  { except = 0 }: { except?: AccountId } = {},
): Promise<void> {
  if (addresses.length === 0) return
  const other = column === 'email' ? 'phone' : 'email'
  // A phone beside a proven e-mail address stays: the log-in with both goes by the code to the e-mail address.
  const condition = `a.project_id = ${proven.after(1)} and a.type = i.type and a.${column} = i.address
      and a.id <> ${proven.after(2)} and a.${column}_verified_at is null and a.is_active ${column === 'email' ? '' : 'and a.email_verified_at is null'}`
  const values = [...proven.values(addresses), projectId, except]
  await tx.query(
    `claims-release-${column}`,
    `update accounts a
    set ${column} = null, registration_id = null
    from ${proven.from}
    where ${condition} and a.${other} is not null`,
    values,
  )
  const removed = await tx.query<{ id: number; session_id: string | null }>(
    `claims-delete-${column}`,
    `with gone as (
      delete from accounts a
      using ${proven.from}
      where ${condition} and a.${other} is null
      returning a.id
    ), left_businesses as (
      delete from business_members m
      using gone
      where m.project_id = ${proven.after(1)} and m.account_id = gone.id
    ), ended as (
      update sessions
      set ended_at = clock_now(), end_reason = 'unverified'
      where project_id = ${proven.after(1)} and id = any (array(
        select id
        from sessions
        where project_id = ${proven.after(1)} and account_id in (select id from gone) and ended_at is null
        ${inOrderOfLocks}
      ))
      returning account_id, id
    )
    select gone.id, ended.id as session_id
    from gone
    left join ended on ended.account_id = gone.id`,
    values,
  )
  await recordEvents(tx, eventsOfRemoval(projectId, removed))
}

function eventsOfRemoval(scope: ProjectId, removed: { id: number; session_id: string | null }[]): NewEvent[] {
  const accounts = [...new Set(removed.map(({ id }) => id))]
  return [
    ...removed.flatMap(({ id: accountId, session_id: sessionId }): NewEvent[] => {
      const details = { sessionId, reason: 'unverified' }
      return sessionId === null ? [] : [{ scope, type: 'session.ended', accountId, details }]
    }),
    ...accounts.map((accountId): NewEvent => ({ scope, type: 'account.removed', accountId, details: {} })),
  ]
}

/**
 * Gives an account to the owner of its phone. While no address of it was proven, its password, its names and its e-mail address
 * may be a stranger's, so none of them is kept (A5).
 */
export async function claimPhone(
  tx: Transaction,
  proof: Proof,
  accountId: AccountId,
): Promise<Account | null> {
  const { projectId, address, challengeId, channel } = proof
  const [found] = await tx.query<{ email: string | null; is_proven: boolean; is_taken: boolean }>(
    'claims-lock-phone',
    `select a.email, a.phone_verified_at is not null as is_proven,
      exists (
        select from accounts b
        where b.project_id = $1 and b.type = a.type and b.phone = $3 and b.phone_verified_at is not null and b.id <> a.id
      ) as is_taken
    from accounts a
    where a.project_id = $1 and a.id = $2 and a.phone = $3 and a.is_active
      and (a.phone_verified_at is not null or a.email_verified_at is null)
    for no key update of a`,
    [projectId, accountId, address],
  )
  if (found === undefined || found.is_taken) return null
  if (!found.is_proven) await settlePhone(tx, projectId, accountId)
  const [row] = await tx.query<AccountRow>(
    'claims-settled',
    `select ${accountColumns}
    from accounts a
    where a.project_id = $1 and a.id = $2`,
    [projectId, accountId],
  )
  if (!found.is_proven) {
    const event = { scope: projectId, type: 'account.verified', accountId, challengeId } as const
    await recordEvents(tx, [{ ...event, details: { channel } }])
  }
  return accountFromRow(row)
}

async function settlePhone(tx: Transaction, projectId: ProjectId, accountId: AccountId): Promise<void> {
  const [before] = await tx.query<{ type: AccountType; email: Address | null }>(
    'claims-settle-phone',
    `update accounts a
    set phone_verified_at = clock_now(),
      email = null,
      first_name = null,
      last_name = null,
      full_name = null,
      password_hash = null,
      password_version = a.password_version + 1,
      password_failures = 0,
      password_locked_until = null,
      registration_id = null
    from (
      select type, email
      from accounts
      where project_id = $1 and id = $2
    ) before
    where a.project_id = $1 and a.id = $2
    returning before.type, before.email`,
    [projectId, accountId],
  )
  if (before?.email != null)
    await moveRegistrations(tx, projectId, { ...before, email: before.email, accountId })
  await endSessions(tx, projectId, { accountId, reason: 'unverified' })
}

/** Drops what waits for the e-mail address of an account. */
export async function dropRegistrations(
  tx: Transaction,
  projectId: ProjectId,
  accountId: AccountId,
): Promise<void> {
  await tx.query(
    'registrations-drop',
    'delete from registrations where project_id = $1 and account_id = $2',
    [projectId, accountId],
  )
}

/** Who has registered the e-mail address meanwhile waits on, with an account of its own: their codes go on counting (A5). */
export async function moveRegistrations(
  tx: Transaction,
  projectId: ProjectId,
  { type, email, accountId }: { type: AccountType; email: Address; accountId: AccountId },
): Promise<void> {
  const waiting = await tx.query(
    'claims-waiting',
    'select from registrations where project_id = $1 and account_id = $2 limit 1',
    [projectId, accountId],
  )
  if (waiting.length === 0) return
  const id = await takeNumbers(tx, projectId, { subject: 'accounts' })
  await tx.query(
    'claims-move',
    `with account as (
      insert into accounts (project_id, id, type, email, created_at)
      values ($1, $2, $3, $4, clock_now())
      returning id
    )
    update registrations r
    set account_id = account.id
    from account
    where r.project_id = $1 and r.account_id = $5`,
    [projectId, id, type, email, accountId],
  )
  const event = { scope: projectId, type: 'account.created', accountId: id } as const
  await recordEvents(tx, [{ ...event, details: { accountType: type, via: 'registration' } }])
}
