import type { Account, AccountType, PasswordHash } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Person, Registration, RegistrationStore } from '../../engine/ports/registrations.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type AccountRow, accountColumns, accountFromRow, endSessions, takeNumbers } from './account-rows.ts'

/*
 * How accounts are created, and what happens to a claim to an address when its owner proves it (A5).
 */

/** The store of registrations. Each operation is one locked transaction. */
export const createRegistrationStore = (database: Database): RegistrationStore => ({
  begin: (registration) => database.transaction((tx) => begin(tx, registration)),
  finish: (registration, hash) => database.transaction((tx) => finish(tx, registration, hash)),
  verifyEmail: (proof) => database.transaction((tx) => verifyEmail(tx, proof)),
  claimEmail: (proof) => database.transaction((tx) => claimEmail(tx, proof)),
  signUp: (proof, person) => database.transaction((tx) => signUp(tx, proof, person)),
})

/** Makes or empties the account of an address that nobody has proven. Does the same work for one that is proven (S7). */
async function begin(tx: Transaction, registration: Registration): Promise<void> {
  const { projectId, challengeId, email, firstName, lastName, locale } = registration
  const id = await takeNumbers(tx, projectId, { subject: 'accounts' })
  const [row] = await tx.query<{ id: number; is_new: boolean }>(
    'registrations-begin',
    `insert into accounts (project_id, id, type, email, first_name, last_name, registration_id, locale, created_at)
    values ($1, $2, 'USER', $3, $4, $5, decode($6, 'hex'), $7, clock_now())
    on conflict (project_id, type, email) where email is not null do update
    set first_name = excluded.first_name,
      last_name = excluded.last_name,
      registration_id = excluded.registration_id,
      locale = excluded.locale,
      password_hash = null,
      password_version = accounts.password_version + 1,
      password_failures = 0,
      password_locked_until = null
    where accounts.email_verified_at is null
      and accounts.phone_verified_at is null
      and accounts.is_active
      and (accounts.registration_id is null or accounts.registration_id < excluded.registration_id)
    returning id, id = $2 as is_new`,
    [projectId, id, email, firstName, lastName, challengeId, locale],
  )
  await recordEvents(tx, [eventOfRegistration(registration, row)])
  await endSessions(tx, projectId, { accountId: row?.id ?? null, reason: 'unverified' })
}

/** One event whatever the outcome, so that none of the three cases takes longer (S7). */
function eventOfRegistration(
  { projectId: scope, challengeId }: Registration,
  row: { id: number; is_new: boolean } | undefined,
): NewEvent {
  if (row === undefined) return { scope, challengeId, type: 'account.contested', details: {} }
  const about = { scope, challengeId, accountId: row.id }
  return row.is_new
    ? { ...about, type: 'account.created', details: { accountType: 'USER', via: 'registration' } }
    : { ...about, type: 'account.replaced', details: {} }
}

/** Stores the password of a registration, unless a newer one has replaced it. */
async function finish(
  tx: Transaction,
  { projectId, email, challengeId }: Pick<Registration, 'projectId' | 'email' | 'challengeId'>,
  passwordHash: PasswordHash,
): Promise<void> {
  const [row] = await tx.query<{ id: number }>(
    'registrations-finish',
    `update accounts
    set password_hash = $4, password_version = password_version + 1
    where project_id = $1 and type = 'USER' and email = $2
      and email_verified_at is null and registration_id = decode($3, 'hex')
    returning id`,
    [projectId, email, challengeId, passwordHash.reveal()],
  )
  // A commit that writes waits for the disk; one that does not would reveal that the address is taken (S7).
  const about = { scope: projectId, challengeId, accountId: row?.id ?? null, details: {} }
  await recordEvents(tx, [{ ...about, type: row === undefined ? 'password.dropped' : 'password.set' }])
}

/**
 * Marks an address as proven by the code of its registration, whose password stays. A registration that began after
 * that code was sent is not the one that the owner has seen, so its password is removed (A5).
 */
async function verifyEmail(tx: Transaction, proof: Proof): Promise<Account | null> {
  const [row] = await tx.query<AccountRow & { was_verified: boolean }>(
    'registrations-verify',
    `update accounts a
  set email_verified_at = coalesce(a.email_verified_at, clock_now()),
    password_hash = case when a.registration_id > decode($3, 'hex') then null else a.password_hash end,
    password_version = a.password_version + case when a.registration_id > decode($3, 'hex') then 1 else 0 end,
    registration_id = null
  from (
    select id, email_verified_at is not null as was_verified
    from accounts
    where project_id = $1 and type = 'USER' and email = $2 and is_active
    for no key update
  ) before
  where a.project_id = $1 and a.id = before.id
  returning ${accountColumns}, before.was_verified`,
    [proof.projectId, proof.address, proof.challengeId],
  )
  const account = accountFromRow(row)
  if (account !== null && row?.was_verified === false) await recordEvents(tx, [eventOfProof(account, proof)])
  return account
}

const eventOfProof = (
  { projectId: scope, id: accountId }: Account,
  { challengeId, channel }: Proof,
): NewEvent => ({
  scope,
  type: 'account.verified',
  accountId,
  challengeId,
  details: { channel },
})

/**
 * Gives an account to the owner of its address. A pending password may belong to a stranger who waits for the owner to
 * prove the address, so it and its sessions are removed in the same transaction (A5, Better Auth CVE-2026-53516).
 */
async function claimEmail(tx: Transaction, proof: Proof): Promise<Account | null> {
  const key = [proof.projectId, proof.accountId, proof.address]
  const [found] = await tx.query<{ is_proven: boolean }>(
    'registrations-lock',
    `select email_verified_at is not null as is_proven
    from accounts
    where project_id = $1 and id = $2 and email = $3 and is_active
    for no key update`,
    key,
  )
  if (found === undefined) return null
  if (!found.is_proven) await dropRegistration(tx, proof)

  const [row] = await tx.query<AccountRow>(
    'registrations-claimed',
    `select ${accountColumns}
    from accounts a
    where a.project_id = $1 and a.id = $2 and a.email = $3`,
    key,
  )
  const account = accountFromRow(row)
  if (account !== null && !found.is_proven) await recordEvents(tx, [eventOfProof(account, proof)])
  return account
}

async function dropRegistration(tx: Transaction, { projectId, accountId }: Proof): Promise<void> {
  await tx.query(
    'registrations-drop',
    `update accounts
    set email_verified_at = clock_now(),
      registration_id = null,
      password_hash = null,
      password_version = password_version + 1,
      password_failures = 0,
      password_locked_until = null
    where project_id = $1 and id = $2`,
    [projectId, accountId],
  )
  await endSessions(tx, projectId, { accountId, reason: 'unverified' })
}

/** Makes the account of a proven address. The other address is only claimed, and proves nothing. */
async function signUp(tx: Transaction, proof: Proof, person: Person): Promise<Account | null> {
  const { projectId, address } = proof
  const isEmail = proof.channel === 'email'
  if (isEmail) await releaseEmails(tx, projectId, [{ type: 'USER', email: address }])

  const id = await takeNumbers(tx, projectId, { subject: 'accounts' })
  const [row] = await tx.query<AccountRow>(
    isEmail ? 'accounts-sign-up-email' : 'accounts-sign-up-phone',
    `insert into accounts as a (project_id, id, type, email, email_verified_at, phone, phone_verified_at, full_name,
      locale, created_at)
    values ($1, $2, 'USER', ${isEmail ? '$3, clock_now(), $4, null, $5, $6' : 'null, null, $3, clock_now(), $4, $5'}, clock_now())
    on conflict do nothing
    returning ${accountColumns}`,
    isEmail
      ? [projectId, id, address, person.phone, person.fullName, person.locale]
      : [projectId, id, address, person.fullName, person.locale],
  )
  const { challengeId } = proof
  const details = { accountType: 'USER', via: 'sign-up' }
  if (row !== undefined)
    await recordEvents(tx, [
      { scope: projectId, type: 'account.created', accountId: id, challengeId, details },
    ])
  return accountFromRow(row)
}

/** An e-mail address that its owner has proven, for one type of account. */
export type EmailClaim = { type: AccountType; email: Address }

const proven = rowList({ type: 'text', email: 'text' })

/**
 * Takes addresses from accounts that only claim them, because their owners have proven them. An account that has
 * nothing but the claim is deleted. A disabled account keeps it: signing up again must not undo what an operator did.
 */
export async function releaseEmails(
  tx: Transaction,
  projectId: ProjectId,
  claims: EmailClaim[],
): Promise<void> {
  const values = [...proven.values(claims), projectId]
  await tx.query(
    'registrations-release',
    `update accounts a
    set email = null, registration_id = null
    from ${proven.from}
    where a.project_id = ${proven.after(1)} and a.type = i.type and a.email = i.email
      and a.email_verified_at is null and a.phone_verified_at is not null and a.is_active`,
    values,
  )
  const removed = await tx.query<{ id: number; session_id: string | null }>(
    'registrations-delete',
    `with gone as (
      delete from accounts a
      using ${proven.from}
      where a.project_id = ${proven.after(1)} and a.type = i.type and a.email = i.email
        and a.email_verified_at is null and a.phone_verified_at is null and a.is_active
      returning a.id
    ), ended as (
      update sessions s
      set ended_at = clock_now(), end_reason = 'unverified'
      from gone
      where s.project_id = ${proven.after(1)} and s.account_id = gone.id and s.ended_at is null
      returning s.account_id, s.id
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
