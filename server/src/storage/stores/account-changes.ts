import type { Account } from '../../domain/account.ts'
import { type AccountChange, judgeAccountChange } from '../../domain/account-change.ts'
import type { Address } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ChangeResult } from '../../engine/ports/accounts.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type AccountRow, accountColumns, accountFromRow, endSessions } from './account-rows.ts'
import { dropRegistrations, moveRegistrations, releaseClaims } from './claims.ts'

/*
 * What an operator changes in an account, in one locked transaction, with what depended on an address that is no more.
 */

/** Changes an account. An address that another account owns is a value, whoever of two operators was first. */
export async function changeAccount(
  database: Database,
  key: { projectId: ProjectId; id: AccountId },
  change: AccountChange,
): Promise<ChangeResult> {
  try {
    return await database.transaction((tx) => applyChange(tx, key, change))
  } catch (error) {
    const { constraint } = error as { constraint?: string }
    if (constraint === 'accounts_email') return { ok: false, refusal: 'email-taken' }
    if (constraint === 'accounts_phone') return { ok: false, refusal: 'phone-taken' }
    throw error
  }
}

async function applyChange(
  tx: Transaction,
  { projectId, id }: { projectId: ProjectId; id: AccountId },
  change: AccountChange,
): Promise<ChangeResult> {
  const [row] = await tx.query<AccountRow>(
    'accounts-lock',
    `select ${accountColumns}
    from accounts a
    where a.project_id = $1 and a.id = $2
    for no key update`,
    [projectId, id],
  )
  const account = accountFromRow(row)
  if (account === null) return { ok: false, refusal: 'unknown' }
  const judged = judgeAccountChange(account, change)
  if (!judged.ok) return judged
  const { next, email, phone, changed, losesProof } = judged
  if (changed.length === 0) return { ok: true, account, formerEmail: null }

  const owns = (address: Address) => [{ type: account.type, address }]
  // Where the operator says that an address is proven, claims of others give way, as to a code.
  if (email.address !== null && email.isProven && !email.keepsProof)
    await releaseClaims(tx, projectId, 'email', owns(email.address), { except: id })
  if (phone.address !== null && phone.isProven && !phone.keepsProof)
    await releaseClaims(tx, projectId, 'phone', owns(phone.address), { except: id })
  const [stored] = await tx.query<AccountRow>(
    'accounts-change',
    `update accounts a
    set email = $3,
      email_verified_at = case when $5 then a.email_verified_at when $4 then clock_now() end,
      phone = $6,
      phone_verified_at = case when $8 then a.phone_verified_at when $7 then clock_now() end,
      first_name = $9,
      last_name = $10,
      full_name = $11,
      agent_code = $12,
      assigned_area = $13,
      locale = $14,
      is_active = $15,
      password_version = a.password_version + case when $16 then 1 else 0 end
    where a.project_id = $1 and a.id = $2
    returning ${accountColumns}`,
    [
      projectId,
      id,
      email.address,
      email.isProven,
      email.keepsProof,
      phone.address,
      phone.isProven,
      phone.keepsProof,
      next.firstName,
      next.lastName,
      next.fullName,
      next.agentCode,
      next.assignedArea,
      next.locale,
      next.isActive,
      // Whoever has just given the password has given it with the address that is no more.
      losesProof,
    ],
  )
  if (email.address !== account.email && account.email !== null)
    await moveRegistrations(tx, projectId, { type: account.type, email: account.email, accountId: id })
  else if (email.isProven && !email.keepsProof) await dropRegistrations(tx, projectId, id)

  await recordActions(tx, eventsOfChange(account, next, changed))
  // After the update, whose lock on the account keeps new sessions out until this is committed.
  const reason = endReason(account, next, losesProof)
  if (reason !== null) await endSessions(tx, projectId, { accountId: id, reason })
  const result = accountFromRow(stored)
  if (result === null) throw new Error('an account that is locked was not changed')
  const isReplaced = account.emailVerifiedAt !== null && email.address !== account.email
  return { ok: true, account: result, formerEmail: isReplaced ? account.email : null }
}

/** Why the sessions of an account end; null if they go on. */
function endReason(
  before: Pick<Account, 'isActive'>,
  next: Pick<Account, 'isActive'>,
  losesProof: boolean,
): string | null {
  if (before.isActive && !next.isActive) return 'disabled'
  return losesProof ? 'address-changed' : null
}

/** An account that is already disabled is not disabled again. */
function eventsOfChange(
  { projectId: scope, id: accountId, ...before }: Account,
  next: Pick<Account, 'isActive'>,
  changed: (keyof AccountChange)[],
): NewEvent[] {
  const edited = changed.filter((name) => name !== 'isActive')
  const events: NewEvent[] =
    edited.length === 0 ? [] : [{ scope, type: 'account.changed', accountId, details: { changed: edited } }]
  if (before.isActive === next.isActive) return events
  const type = next.isActive ? 'account.enabled' : 'account.disabled'
  return [...events, { scope, type, accountId, details: {} }]
}
