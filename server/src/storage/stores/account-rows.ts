import type { Account, AccountType } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'
import { recordActions } from '../batches/actions.ts'
import { inOrderOfLocks } from '../batches/session-rows.ts'
import type { Transaction } from '../postgres/sql.ts'

/** The columns of an account, for every statement that returns one. */
export const accountColumns = `a.project_id, a.id, a.type, a.email, a.email_verified_at, a.phone, a.phone_verified_at,
  a.first_name, a.last_name, a.full_name, a.agent_code, a.assigned_area, a.locale, a.is_active, a.created_at`

/**
 * Whether the e-mail address identifies the account `a`: one that is not proven does not, where the phone is. Such a claim
 * proves nothing about whoever has proven the phone, so neither codes nor passwords lead from it to the account (A6).
 */
export const emailIdentifies = '(a.email_verified_at is not null or a.phone_verified_at is null)'

export type AccountRow = {
  project_id: ProjectId
  id: AccountId
  type: AccountType
  email: EmailAddress | null
  email_verified_at: Date | null
  phone: PhoneNumber | null
  phone_verified_at: Date | null
  first_name: string | null
  last_name: string | null
  full_name: string | null
  agent_code: string | null
  assigned_area: string | null
  locale: MessageLocale | null
  is_active: boolean
  created_at: Date
}

/** The account of a row; null if there is no row. */
export const accountFromRow = (row: AccountRow | undefined): Account | null =>
  row === undefined
    ? null
    : {
        projectId: row.project_id,
        id: row.id,
        type: row.type,
        email: row.email,
        emailVerifiedAt: row.email_verified_at,
        phone: row.phone,
        phoneVerifiedAt: row.phone_verified_at,
        firstName: row.first_name,
        lastName: row.last_name,
        fullName: row.full_name,
        agentCode: row.agent_code,
        assignedArea: row.assigned_area,
        locale: row.locale,
        isActive: row.is_active,
        createdAt: row.created_at,
      }

/** Takes `count` consecutive numbers and returns the first. A transaction that fails gives them back. */
export async function takeNumbers(
  tx: Transaction,
  projectId: ProjectId,
  { subject, count = 1 }: { subject: 'accounts' | 'businesses'; count?: number },
): Promise<number> {
  const [row] = await tx.query<{ first: number }>(
    'numbering-take',
    `insert into numbering (project_id, subject, last)
    values ($1, $2, $3::bigint)
    on conflict (project_id, subject) do update
    set last = numbering.last + excluded.last
    returning last - $3::bigint + 1 as first`,
    [projectId, subject, count],
  )
  if (row === undefined) throw new Error('the numbering answered nothing')
  return row.first
}

/** Ends every session of an account. */
export async function endSessions(
  tx: Transaction,
  projectId: ProjectId,
  { accountId, reason }: { accountId: AccountId | null; reason: string },
): Promise<void> {
  const ended = await tx.query<{ id: string }>(
    'sessions-end-all',
    `update sessions
    set ended_at = clock_now(), end_reason = $3
    where project_id = $1 and id = any (array(
      select id
      from sessions
      where project_id = $1 and account_id = $2 and ended_at is null
      ${inOrderOfLocks}
    ))
    returning id`,
    [projectId, accountId, reason],
  )
  const about = { scope: projectId, type: 'session.ended', accountId } as const
  await recordActions(
    tx,
    ended.map(({ id }) => ({ ...about, details: { sessionId: id, reason } })),
  )
}
