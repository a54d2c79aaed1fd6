import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { registrantOf } from '../../domain/registrant.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { AccountStore } from '../ports/accounts.ts'

/** The purposes for which a user with an e-mail address may request a code. */
export type AccountPurpose = Purpose<'registration' | 'login' | 'password-reset'>

/** The same outcome for an address without an account, to which nothing is sent (S7). */
export type RequestCode = (command: {
  project: Project
  purpose: AccountPurpose
  email: EmailAddress
  /** The address as the caller wrote it. */
  target: string
  languages: LanguagePreference
  caller: Caller | null
}) => Promise<SendOutcome<'caller'>>

/** Sends a user a code to verify the account, to log in, or to choose a new password. */
export function createRequestCode({
  accounts,
  sendCode,
}: {
  accounts: Pick<AccountStore, 'findByAddress'>
  sendCode: SendCode
}): RequestCode {
  return async ({ project, purpose, email, target, languages, caller }) => {
    const account = await accounts.findByAddress({ projectId: project.id, type: 'USER', email })
    return sendCode<'caller'>({
      project,
      purpose,
      channel: 'email',
      address: email,
      target,
      recordId: codeRecord(purpose, caller).recordId,
      accountId: codeAccountId(purpose, account),
      content: isServed(purpose, account) ? 'code' : 'decoy',
      languages,
      accountLocale: account?.locale ?? null,
      caller,
    })
  }
}

/** Whether a code has a use: a verified account has nothing to verify. */
function isServed(purpose: AccountPurpose, account: Account | null): boolean {
  if (account === null || !account.isActive) return false
  return purpose.use !== 'registration' || account.emailVerifiedAt === null
}

/**
 * The account that a code is issued for and checked against (V9). Null for a verification: its code may be sent before the
 * account is stored, and proves the address for the account that claims it.
 */
export function codeAccountId(purpose: AccountPurpose, account: Account | null): AccountId | null {
  if (purpose.use === 'registration' || account === null || !account.isActive) return null
  return account.id
}

/**
 * The record that a code is sent for and judged with. A verification is its caller's own, and the code that was sent for
 * somebody else proves the address as well: `verifyAccount` tells what it keeps.
 */
export const codeRecord = (
  purpose: AccountPurpose,
  caller: Caller | null,
): { recordId: string | null; anyRecord: boolean } =>
  purpose.use === 'registration'
    ? { recordId: registrantOf(caller), anyRecord: true }
    : { recordId: null, anyRecord: false }
