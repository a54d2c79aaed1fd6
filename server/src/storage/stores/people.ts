import type { Address } from '../../domain/address.ts'
import { shortDigest } from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Erased, PersonStore } from '../../engine/ports/people.ts'
import { addressLock, lockNames } from '../batches/batch-locks.ts'
import { recordActions } from '../batches/actions.ts'
import { inOrderOfLocks } from '../batches/session-rows.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import { erasedAddress } from './event-rows.ts'

/*
 * Erases a person. What happened stays on record, and so do the counts; the identity does not. Events hold no address,
 * only ids and, where those lead nowhere, a row in event_people: removing the address from the rows that the ids lead
 * to, and deleting that row, leaves the events intact and anonymous.
 */

/** The store that erases people. */
export const createPersonStore = (database: Database): PersonStore => ({
  erase: (projectId, address) => database.transaction((tx) => erase(tx, projectId, address)),
})

async function erase(tx: Transaction, projectId: ProjectId, address: Address): Promise<Erased | null> {
  // The search for a person may read millions of rows, and the operator waits for exactly that.
  await tx.query('erase-patience', "set local statement_timeout = '10min'")
  const accounts = await tx.query<{ id: number; addresses: string[] }>('erase-accounts', accountsSql, [
    projectId,
    address,
  ])
  const ids = accounts.map(({ id }) => id)
  const addresses = [...new Set([address, ...accounts.flatMap((account) => account.addresses)])].sort()
  // Batches lock addresses by these names, so that no batch is deciding about one at the same time.
  await lockNames(tx, addresses.map(addressLock))

  for (const [name, sql] of Object.entries(accountStatements)) await tx.query(name, sql, [projectId, ids])
  const given = [projectId, addresses]
  await tx.query('erase-claims', claimsSql, given)
  await tx.query('erase-proofs', proofsSql, given)
  await tx.query('erase-idempotency', idempotencySql, given)
  const challenges = await tx.query('erase-challenges', challengesSql, [...given, erasedAddress])
  await tx.query('erase-companions', companionsSql, given)
  const recipients = await tx.query('erase-recipients', recipientsSql, given)
  await tx.query('erase-counted', membersSql, [projectId, addresses.map(shortDigest)])
  const events = await tx.query('erase-events', eventsSql, given)

  if (ids.length + challenges.length + recipients.length + events.length === 0) return null
  const counts = { accounts: ids.length, challenges: challenges.length }
  await recordActions(tx, [{ scope: projectId, type: 'person.erased', details: counts }])
  return { ...counts, events: events.length }
}

// An account belongs to the person if the address is proven there, or is all that the account has. Its other proven
// address belongs to the same person and is removed as well.
const accountsSql = `
  select id, array_remove(array[
      case when email_verified_at is not null or phone_verified_at is null then email end,
      case when phone_verified_at is not null then phone end], null) as addresses
  from accounts
  where project_id = $1
    and (email = $2 and (email_verified_at is not null or phone_verified_at is null)
      or phone = $2 and (phone_verified_at is not null or email_verified_at is null))
  for update`

const accountStatements = {
  // The sessions are locked before their tokens, as by whoever refreshes one.
  'erase-locks': `select from sessions where project_id = $1 and account_id = any($2::bigint[]) ${inOrderOfLocks}`,
  'erase-tokens': `delete from refresh_tokens t using sessions s
    where s.project_id = $1 and s.account_id = any($2::bigint[]) and t.project_id = $1 and t.session_id = s.id`,
  'erase-sessions': 'delete from sessions where project_id = $1 and account_id = any($2::bigint[])',
  'erase-members': 'delete from business_members where project_id = $1 and account_id = any($2::bigint[])',
  'erase-account-rows': 'delete from accounts where project_id = $1 and id = any($2::bigint[])',
}

/** Claims to the address by accounts of other people. */
const claimsSql = `
  update accounts
  set email = case when email = any($2) then null else email end,
    phone = case when phone = any($2) then null else phone end
  where project_id = $1 and (email = any($2) or phone = any($2))`

const proofsSql = 'delete from proofs where project_id = $1 and (address = any($2) or companion = any($2))'

/** Their digests are of request bodies that name the address. */
const idempotencySql = `
  delete from idempotency_keys k
  using challenges c
  where c.project_id = $1 and c.address = any($2) and k.project_id = $1 and k.challenge_id = c.id`

const challengesSql = `
  update challenges
  set address = $3, target = $3, companion = null, record_id = null, caller = null,
    superseded_at = coalesce(superseded_at, clock_now()),
    delivery_state = case when delivery_state = 'queued' then 'none' else delivery_state end,
    leased_until = null
  where project_id = $1 and address = any($2)
  returning id`

const companionsSql = 'update challenges set companion = null where project_id = $1 and companion = any($2)'

const recipientsSql = 'delete from recipients where project_id = $1 and address = any($2) returning address'

const eventsSql = 'delete from event_people where project_id = $1 and address = any($2) returning event_id'

/**
 * The failures of a network count addresses by a digest, from which anyone who tries all numbers of a country can find
 * the number; the count itself stays. Locked in the order in which batches write.
 */
const membersSql = `
  with counted as (
    select project_id, scope, key
    from limits
    where project_id = $1 and members && $2
    order by (scope || ':' || key) collate "C"
    for update
  )
  update limits l
  set members = array(select member from unnest(l.members) member where member <> all($2))
  from counted c
  where l.project_id = c.project_id and l.scope = c.scope and l.key = c.key`
