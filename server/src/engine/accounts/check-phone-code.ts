import type { AccountType } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode, CheckOutcome } from '../codes/check-code.ts'
import type { CompleteAccount } from './complete-account.ts'
import type { FindAccount } from './find-account.ts'

/** Checks a code for an account. For a number without an account it takes the same steps and finds no code (V7). */
export type CheckPhoneCode = (command: {
  project: Project
  purpose: Purpose
  /** The type of the account that the code was sent for. */
  type: AccountType
  phone: PhoneNumber
  code: Secret
  /** Null for the operator's own systems. */
  caller: Caller | null
}) => Promise<CheckOutcome>

/** Makes the check of codes that `requestPhoneCode` sent for one type of account. */
export function createCheckPhoneCode({
  findAccount,
  checkCode,
  completeAccount,
}: {
  findAccount: FindAccount
  checkCode: CheckCode
  completeAccount: CompleteAccount
}): CheckPhoneCode {
  return async ({ project, purpose, type, phone, code, caller }) => {
    const [account] = await findAccount.byPhone({ projectId: project.id, types: [type], phone })
    const check = await checkCode({
      project,
      purpose,
      address: phone,
      accountId: account?.id ?? null,
      code,
      caller,
    })
    if (check.ok && account !== undefined) await completeAccount(account, check.proof)
    return check
  }
}
