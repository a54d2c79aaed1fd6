import type { Account } from '../../domain/account.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { RegistrationStore } from '../ports/registrations.ts'

/** The account after a proof of its phone; null when the phone is not, or no longer, the account's to prove. */
export type CompleteAccount = (account: Account, proof: Proof) => Promise<Account | null>

/** Makes the step between the code of a phone and what it opens: the first code to an imported number proves it. */
export const createCompleteAccount =
  ({ registrations }: { registrations: Pick<RegistrationStore, 'claimPhone'> }): CompleteAccount =>
  async (account, proof) =>
    account.phoneVerifiedAt === null && proof.address === account.phone
      ? registrations.claimPhone(proof, account.id)
      : account
