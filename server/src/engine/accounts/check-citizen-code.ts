import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode, CheckOutcome } from '../codes/check-code.ts'
import type { FindAccount } from './find-account.ts'

/** Judges a citizen's guess. For a number that nobody has it takes the same steps and finds no code (V7). */
export type CheckCitizenCode = (command: {
  project: Project
  phone: PhoneNumber
  code: Secret
  /** Null for the operator's own systems. */
  caller: Caller | null
}) => Promise<CheckOutcome>

export function createCheckCitizenCode({
  findAccount,
  checkCode,
}: {
  findAccount: Pick<FindAccount, 'byPhone'>
  checkCode: CheckCode
}): CheckCitizenCode {
  return async ({ project, phone, code, caller }) => {
    const [citizen] = await findAccount.byPhone({ projectId: project.id, types: ['CITIZEN'], phone })
    const accountId = citizen?.id ?? null
    return checkCode({ project, purpose: 'citizen', address: phone, accountId, code, caller })
  }
}
