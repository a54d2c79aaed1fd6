import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { AccountStore } from '../ports/accounts.ts'
import { type AccountPurpose, codeAccountId, codeRecord } from './request-code.ts'

/** Contains no proof: the code is not spent, so it must not open anything (T1). */
export type ValidateOutcome = { ok: true } | CodeRefused

/** A code was refused. `retryAfterSeconds` is null if waiting does not help. */
export type CodeRefused = { ok: false; refusal: CheckRefusal; retryAfterSeconds: number | null }

export type ValidateCode = (command: {
  project: Project
  purpose: AccountPurpose
  email: EmailAddress
  code: Secret
  caller: Caller | null
}) => Promise<ValidateOutcome>

/** Checks whether a code is right and leaves it unspent. A wrong code counts like any other (V6). */
export function createValidateCode({
  accounts,
  checkCode,
}: {
  accounts: Pick<AccountStore, 'findByAddress'>
  checkCode: CheckCode
}): ValidateCode {
  return async ({ project, purpose, email, code, caller }) => {
    const account = await accounts.findByAddress({ projectId: project.id, type: 'USER', email })
    const accountId = codeAccountId(purpose, account)
    const check = await checkCode({
      project,
      purpose,
      address: email,
      ...codeRecord(purpose, caller),
      accountId,
      code,
      mode: 'verify-only',
      caller,
    })
    return check.ok ? { ok: true } : codeRefused(check)
  }
}

/** The refusal of a check without its other fields. */
export const codeRefused = ({ refusal, retryAfterSeconds }: CodeRefused): CodeRefused => ({
  ok: false,
  refusal,
  retryAfterSeconds,
})

/** The answer if something else is wrong after the code was right, for example a disabled account. */
export const codeWorthless: CodeRefused = { ok: false, refusal: 'mismatch', retryAfterSeconds: null }
