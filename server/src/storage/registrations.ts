import type { ProjectId } from '../domain/project.ts'
import type { Proof } from '../domain/proof.ts'
import type { Person, Registration } from '../engine/account-ports.ts'
import type { Account, PasswordHash } from '../engine/ports.ts'
import { type AccountRow, accountColumns, accountOf, endSessions, takeNumbers } from './account-rows.ts'
import type { Database, Transaction } from './database.ts'

/*
 * How accounts come into being, and what becomes of a claim to an address when its owner turns up (A5).
 */

/** Makes or empties the account of an address that nobody has proven. Does the same work for one that is proven (S7). */
export const beginRegistration = (database: Database, registration: Registration): Promise<void> =>
  database.transaction(async (tx) => {
    const { projectId, challengeId, email, firstName, lastName } = registration
    const id = await takeNumbers(tx, projectId, { subject: 'accounts' })
    const [row] = await tx.query<{ id: number }>(
      'registrations-begin',
      `insert into accounts (project_id, id, type, email, first_name, last_name, registration_id, created_at)
      values ($1, $2, 'USER', $3, $4, $5, decode($6, 'hex'), moment())
      on conflict (project_id, type, email) where email is not null do update
      set first_name = excluded.first_name,
        last_name = excluded.last_name,
        registration_id = excluded.registration_id,
        password_hash = null,
        password_version = accounts.password_version + 1,
        password_failures = 0,
        password_locked_until = null
      where accounts.email_verified_at is null
        and accounts.phone_verified_at is null
        and accounts.is_active
        and (accounts.registration_id is null or accounts.registration_id < excluded.registration_id)
      returning id`,
      [projectId, id, email, firstName, lastName, challengeId],
    )
    await endSessions(tx, projectId, { accountId: row?.id ?? null, reason: 'unverified' })
  })

/** Stores the password of a registration that nothing has overtaken. */
export async function finishRegistration(
  database: Database,
  { projectId, email, challengeId }: Pick<Registration, 'projectId' | 'email' | 'challengeId'>,
  passwordHash: PasswordHash,
): Promise<void> {
  await database.query(
    'registrations-finish',
    `update accounts
    set password_hash = $4, password_version = password_version + 1
    where project_id = $1 and type = 'USER' and email = $2
      and email_verified_at is null and registration_id = decode($3, 'hex')`,
    [projectId, email, challengeId, passwordHash.reveal()],
  )
}

/**
 * Marks an address as proven by the code of its registration, whose password stays. A registration that began after
 * that code was sent is not the one that the owner has seen, so its password goes (A5).
 */
export async function verifyEmail(database: Database, proof: Proof): Promise<Account | null> {
  const [row] = await database.query<AccountRow>(
    'registrations-verify',
    `update accounts a
    set email_verified_at = coalesce(a.email_verified_at, moment()),
      password_hash = case when a.registration_id > decode($3, 'hex') then null else a.password_hash end,
      password_version = a.password_version + case when a.registration_id > decode($3, 'hex') then 1 else 0 end,
      registration_id = null
    where a.project_id = $1 and a.type = 'USER' and a.email = $2 and a.is_active
    returning ${accountColumns}`,
    [proof.projectId, proof.address, proof.challengeId],
  )
  return accountOf(row)
}

/**
 * Gives an account to the owner of its address. A pending password may be a stranger's, who waits for the owner to
 * prove the address; so it and its sessions go in the same transaction (A5, Better Auth CVE-2026-53516).
 */
export const claimEmail = (database: Database, proof: Proof): Promise<Account | null> =>
  database.transaction(async (tx) => {
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
    return accountOf(row)
  })

async function dropRegistration(tx: Transaction, { projectId, accountId }: Proof): Promise<void> {
  await tx.query(
    'registrations-drop',
    `update accounts
    set email_verified_at = moment(),
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

/** Makes the account of a proven address. The other address is claimed, and proves nothing. */
export const signUp = (database: Database, proof: Proof, person: Person): Promise<Account | null> =>
  database.transaction(async (tx) => {
    const { projectId, address } = proof
    const isEmail = proof.channel === 'email'
    if (isEmail) await releaseEmails(tx, projectId, { types: ['USER'], emails: [address] })

    const id = await takeNumbers(tx, projectId, { subject: 'accounts' })
    const [row] = await tx.query<AccountRow>(
      isEmail ? 'accounts-sign-up-email' : 'accounts-sign-up-phone',
      `insert into accounts as a (project_id, id, type, email, email_verified_at, phone, phone_verified_at, full_name,
        created_at)
      values ($1, $2, 'USER', ${isEmail ? '$3, moment(), $4, null, $5' : 'null, null, $3, moment(), $4'}, moment())
      on conflict do nothing
      returning ${accountColumns}`,
      isEmail
        ? [projectId, id, address, person.phone, person.fullName]
        : [projectId, id, address, person.fullName],
    )
    return accountOf(row)
  })

/**
 * Takes addresses from accounts that only claim them, because their owners have proven them. An account that has
 * nothing but the claim goes altogether. A disabled one keeps it: signing up again must not undo what an operator did.
 */
export async function releaseEmails(
  tx: Transaction,
  projectId: ProjectId,
  { types, emails }: { types: string[]; emails: string[] },
): Promise<void> {
  await tx.query(
    'registrations-release',
    `update accounts a
    set email = null, registration_id = null
    from unnest($2::text[], $3::text[]) as proven (type, email)
    where a.project_id = $1 and a.type = proven.type and a.email = proven.email
      and a.email_verified_at is null and a.phone_verified_at is not null and a.is_active`,
    [projectId, types, emails],
  )
  await tx.query(
    'registrations-delete',
    `with gone as (
      delete from accounts a
      using unnest($2::text[], $3::text[]) as proven (type, email)
      where a.project_id = $1 and a.type = proven.type and a.email = proven.email
        and a.email_verified_at is null and a.phone_verified_at is null and a.is_active
      returning a.id
    )
    update sessions s
    set ended_at = moment(), end_reason = 'unverified'
    from gone
    where s.project_id = $1 and s.account_id = gone.id and s.ended_at is null`,
    [projectId, types, emails],
  )
}
