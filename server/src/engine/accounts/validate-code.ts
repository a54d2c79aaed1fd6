import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { AccountStore } from '../ports/accounts.ts'
import { type AccountPurpose, codeAccountId } from './request-code.ts'

/** No proof comes out: the code is not spent, so nothing may be opened with it (T1). */
export type ValidateOutcome = { ok: true } | CodeRefused

/** A code was refused. `retryAfterSeconds` where waiting helps. */
export type CodeRefused = { ok: false; refusal: CheckRefusal; retryAfterSeconds: number | null }

export type ValidateCode = (command: {
  project: Project
  purpose: AccountPurpose
  email: EmailAddress
  code: Secret
  caller: Caller | null
}) => Promise<ValidateOutcome>

/** Tells whether a code is right and leaves it unspent; a wrong guess counts like any other (V6). */
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
      accountId,
      code,
      mode: 'verify-only',
      caller,
    })
    return check.ok ? { ok: true } : codeRefused(check)
  }
}

/** The refusal of a check without what belongs to the check alone. */
export const codeRefused = ({ refusal, retryAfterSeconds }: CodeRefused): CodeRefused => ({
  ok: false,
  refusal,
  retryAfterSeconds,
})

/** For what turns out to be wrong after the code was right: an account that was disabled in between. */
export const codeWorthless: CodeRefused = { ok: false, refusal: 'mismatch', retryAfterSeconds: null }
