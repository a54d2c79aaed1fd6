import type { Account, PasswordHash } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { PasswordStore, StoredPassword } from '../../engine/ports/passwords.ts'
import { countLimits } from '../batches/count-limits.ts'
import { recordEvents } from '../batches/events.ts'
import { createRepeatedRefusals, type RepeatedRefusals } from '../batches/repeated-refusals.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import {
  type AccountRow,
  accountColumns,
  accountFromRow,
  emailIdentifies,
  endSessions,
} from './account-rows.ts'
import { attemptPassword } from './password-attempts.ts'
import { settleRegistrations } from './registrations.ts'

/*
 * Stored passwords: their hashes and their replacement.
 */

/** The store of passwords. Each operation is one locked transaction. */
export const createPasswordStore = (
  database: Database,
  refusals: RepeatedRefusals = createRepeatedRefusals(),
): PasswordStore => ({
  async attempt(key, rules) {
    const { noted, attempted } = await database.transaction((tx) =>
      attemptPassword(tx, key, { ...rules, refusals }),
    )
    refusals.note(noted)
    return attempted
  },
  async countFailure(projectId, limits) {
    if (limits.length > 0) await countLimits(database, projectId, limits)
  },
  accept: (attempted, newHash) => database.transaction((tx) => accept(tx, attempted, newHash)),
  reset: (proof, hash) => database.transaction((tx) => reset(tx, proof, hash)),
})

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
    `select a.id, a.email_verified_at is not null as is_proven
    from accounts a
    where a.project_id = $1 and a.id = $2 and a.email = $3 and a.is_active and ${emailIdentifies}
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
