import type { AccountChange } from '../../domain/account-change.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { Project } from '../../domain/project.ts'
import { definePurpose } from '../../domain/purpose.ts'
import type { SendCode } from '../codes/send-code.ts'
import type { AccountStore, ChangeResult } from '../ports/accounts.ts'

/** Changes an account as its operator asks, and tells the former owner of a proven e-mail address that it is no more. */
export type ChangeAccount = (command: {
  project: Project
  accountId: AccountId
  change: AccountChange
}) => Promise<ChangeResult>

/** Of the notice, which has no code. */
const addressChange = definePurpose({
  name: 'address-change',
  use: 'possession',
  digits: 6,
  lifeSeconds: 600,
})

/** Phones get no notice: a number that was given up may be somebody else's already, and each message costs. */
export function createChangeAccount({
  accounts,
  sendCode,
}: {
  accounts: Pick<AccountStore, 'change'>
  sendCode: SendCode
}): ChangeAccount {
  return async ({ project, accountId, change }) => {
    const result = await accounts.change(project.id, accountId, change)
    if (!result.ok || result.formerEmail === null) return result
    await sendCode({
      project,
      purpose: addressChange,
      channel: 'email',
      address: result.formerEmail,
      target: result.formerEmail,
      recordId: 'notice',
      accountId,
      content: 'notice-address-changed',
      languages: { asked: null, accepted: null },
      accountLocale: result.account.locale,
      caller: null,
    })
    return result
  }
}
