import type { Account, PasswordHash } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { Registrant } from '../../domain/registrant.ts'
import type { Person, Registration, RegistrationStore } from '../../engine/ports/registrations.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import {
  type AccountRow,
  accountColumns,
  accountFromRow,
  emailIdentifies,
  endSessions,
  takeNumbers,
} from './account-rows.ts'
import { claimPhone, dropRegistrations, releaseClaims } from './claims.ts'

/*
 * How accounts are created, and what happens to a claim to an address when its owner proves it (A5).
 */

/** The store of registrations. Each operation is one locked transaction. */
export const createRegistrationStore = (database: Database): RegistrationStore => ({
  begin: (registration) => database.transaction((tx) => begin(tx, registration)),
  finish: (registration, hash) => database.transaction((tx) => finish(tx, registration, hash)),
  verifyEmail: (proof, registrant) => database.transaction((tx) => verifyEmail(tx, proof, registrant)),
  claimEmail: (proof) => database.transaction((tx) => claimEmail(tx, proof)),
  claimPhone: (proof, id) => database.transaction((tx) => claimPhone(tx, proof, id)),
  signUp: (proof, person) => database.transaction((tx) => signUp(tx, proof, person)),
})

/** Makes the account of a new address, and stores what waits for its proof. Does the same work for a proven one (S7). */
async function begin(tx: Transaction, registration: Registration): Promise<void> {
  const { projectId, challengeId, email, registrant, firstName, lastName, locale } = registration
  const id = await takeNumbers(tx, projectId, { subject: 'accounts' })
  const [row] = await tx.query<{ id: number; is_new: boolean }>(
    'registrations-begin',
    `with account as (
      insert into accounts (project_id, id, type, email, locale, created_at)
      values ($1, $2, 'USER', $3, $8, clock_now())
      on conflict (project_id, type, email)
        where email is not null and (email_verified_at is not null or phone_verified_at is null) do update
      set locale = excluded.locale,
        password_failures = 0,
        password_locked_until = null
      where accounts.email_verified_at is null and accounts.phone_verified_at is null and accounts.is_active
      returning id
    ), registration as (
      insert into registrations as r
        (project_id, account_id, registrant, challenge_id, first_name, last_name, locale, password_hash)
      select $1, id, $4, decode($5, 'hex'), $6, $7, $8, null
      from account
      on conflict (project_id, account_id, registrant) do update
      set challenge_id = excluded.challenge_id,
        first_name = excluded.first_name,
        last_name = excluded.last_name,
        locale = excluded.locale,
        password_hash = null
      where r.challenge_id < excluded.challenge_id
      returning account_id
    )
    select account_id as id, account_id = $2 as is_new
    from registration`,
    [projectId, id, email, registrant, challengeId, firstName, lastName, locale],
  )
  await recordEvents(tx, [eventOfRegistration(registration, row)])
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

/** Stores the password of a registration, unless a newer one of its registrant has taken its place. */
async function finish(
  tx: Transaction,
  {
    projectId,
    email,
    registrant,
    challengeId,
  }: Pick<Registration, 'projectId' | 'email' | 'registrant' | 'challengeId'>,
  passwordHash: PasswordHash,
): Promise<void> {
  const [row] = await tx.query<{ account_id: number }>(
    'registrations-finish',
    `update registrations r
    set password_hash = $5
    from accounts a
    where a.project_id = $1 and a.type = 'USER' and a.email = $2
      and r.project_id = a.project_id and r.account_id = a.id
      and r.registrant = $3 and r.challenge_id = decode($4, 'hex')
    returning r.account_id`,
    [projectId, email, registrant, challengeId, passwordHash.reveal()],
  )
  // A commit that writes waits for the disk, and one that does not would tell that the address is taken (S7).
  const about = { scope: projectId, challengeId, accountId: row?.account_id ?? null, details: {} }
  await recordEvents(tx, [{ ...about, type: row === undefined ? 'password.dropped' : 'password.set' }])
}

/** Marks an address as proven by the code of a registration. The code of another registrant proves the address alone. */
async function verifyEmail(
  tx: Transaction,
  proof: Proof,
  registrant: Registrant | null,
): Promise<Account | null> {
  const [found] = await tx.query<Unproven>(
    'registrations-lock-email',
    `select a.id, a.email_verified_at is not null as is_proven
    from accounts a
    where a.project_id = $1 and a.type = 'USER' and a.email = $2 and a.is_active and ${emailIdentifies}
    for no key update`,
    [proof.projectId, proof.address],
  )
  return found === undefined ? null : settleProof(tx, proof, found, registrant)
}

/**
 * Gives an account to the owner of its address. What was registered may be a stranger's, who waits for the owner to prove the
 * address; so nothing of it is kept (A5, Better Auth CVE-2026-53516).
 */
async function claimEmail(tx: Transaction, proof: Proof): Promise<Account | null> {
  const [found] = await tx.query<Unproven>(
    'registrations-lock',
    `select a.id, a.email_verified_at is not null as is_proven
    from accounts a
    where a.project_id = $1 and a.id = $2 and a.email = $3 and a.is_active and ${emailIdentifies}
    for no key update`,
    [proof.projectId, proof.accountId, proof.address],
  )
  return found === undefined ? null : settleProof(tx, proof, found, null)
}

type Unproven = { id: AccountId; is_proven: boolean }

/** The account after a proof of its address, with what `registrant` has registered where the proof is the first. The account is locked. */
async function settleProof(
  tx: Transaction,
  proof: Proof,
  { id, is_proven }: Unproven,
  registrant: Registrant | null,
): Promise<Account | null> {
  if (!is_proven) await settleRegistrations(tx, proof, { accountId: id, registrant })
  const [row] = await tx.query<AccountRow>(
    'registrations-settled',
    `select ${accountColumns}
    from accounts a
    where a.project_id = $1 and a.id = $2`,
    [proof.projectId, id],
  )
  const account = accountFromRow(row)
  if (account !== null && !is_proven) await recordEvents(tx, [eventOfProof(account, proof)])
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
 * The first proof of an address: the account has what `registrant` had registered before the code of the proof was sent, and
 * nothing where that is nobody. Whatever else stood there or waits goes, with the sessions, so that nobody has a way in that
 * whoever proves the address has not made (A5). The account is locked.
 */
export async function settleRegistrations(
  tx: Transaction,
  { projectId, challengeId }: Pick<Proof, 'projectId' | 'challengeId'>,
  { accountId, registrant }: { accountId: AccountId; registrant: Registrant | null },
): Promise<void> {
  await tx.query(
    'registrations-settle',
    `update accounts a
    set email_verified_at = clock_now(),
      first_name = r.first_name,
      last_name = r.last_name,
      full_name = null,
      phone = case when a.phone_verified_at is null then null else a.phone end,
      locale = coalesce(r.locale, a.locale),
      password_hash = r.password_hash,
      password_version = a.password_version + 1,
      password_failures = 0,
      password_locked_until = null,
      registration_id = null
    from (select 1) one
    left join registrations r on r.project_id = $1 and r.account_id = $2 and r.registrant = $3
      and r.challenge_id <= decode($4, 'hex')
    where a.project_id = $1 and a.id = $2`,
    [projectId, accountId, registrant, challengeId],
  )
  await dropRegistrations(tx, projectId, accountId)
  await endSessions(tx, projectId, { accountId, reason: 'unverified' })
}

/** Makes the account of a proven address. The other address is only claimed, and proves nothing. */
async function signUp(tx: Transaction, proof: Proof, person: Person): Promise<Account | null> {
  const { projectId, address } = proof
  const isEmail = proof.channel === 'email'
  await releaseClaims(tx, projectId, isEmail ? 'email' : 'phone', [{ type: 'USER', address }])

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
