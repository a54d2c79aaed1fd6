import type { Account, AccountType, Business } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CompleteAccount } from '../accounts/complete-account.ts'
import type { FindAccount } from '../accounts/find-account.ts'
import { countUnknown, type UnknownAccount } from '../accounts/request-phone-code.ts'
import type { CheckCode } from '../codes/check-code.ts'
import { unknownAddressLimit } from '../codes/limits.ts'
import type { BusinessStore } from '../ports/businesses.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { OpenSession, Tokens } from './open-session.ts'

export type PhoneLoginOutcome =
  | { ok: true; account: Account; business: Business | null; tokens: Tokens }
  | {
      ok: false
      refusal: CheckRefusal | UnknownAccount['refusal'] | 'unknown-business'
      retryAfterSeconds: number | null
    }

export type LogInByPhone = (login: {
  project: Project
  purpose: Purpose<'login'>
  /** The account types that may log in, the same as for `requestPhoneCode`. */
  types: readonly AccountType[]
  phone: PhoneNumber
  code: Secret
  /** The business to act for, which the account must belong to. */
  businessId: number | null
  label?: string | null
  caller: Caller
}) => Promise<PhoneLoginOutcome>

export type LogInByPhoneParts = {
  businesses: Pick<BusinessStore, 'findMembership'>
  challenges: Pick<ChallengeStore, 'countEvent'>
  findAccount: Pick<FindAccount, 'byPhone'>
  checkCode: CheckCode
  completeAccount: CompleteAccount
  openSession: OpenSession
}

/** Logs a user in by a code sent to the phone. */
export function createLogInByPhone({
  businesses,
  challenges,
  findAccount,
  checkCode,
  completeAccount,
  openSession,
}: LogInByPhoneParts): LogInByPhone {
  return async ({ project, purpose, types, phone, code, businessId, label = null, caller }) => {
    const projectId = project.id
    const found = await findAccount.byPhone({ projectId, types, phone })
    const [first] = found
    if (first === undefined) return countUnknown(challenges, { project, phone, caller })

    const guards = caller.isExempt ? [] : [unknownAddressLimit(caller)]
    const check = { project, purpose, address: phone, code, caller, guards } as const
    let account = first
    let business: Business | null = null
    if (businessId !== null) {
      // Only the right code learns whether the account is a member, and a wrong business does not spend that code.
      const inspected = await checkCode({ ...check, mode: 'verify-only' })
      if (!inspected.ok) return refused(inspected)
      const ids = found.map(({ id }) => id)
      const membership = await businesses.findMembership(projectId, businessId, ids)
      if (membership === null) return { ok: false, refusal: 'unknown-business', retryAfterSeconds: null }
      account = found.find(({ id }) => id === membership.accountId) ?? first
      business = membership.business
    }

    const spent = await checkCode(check)
    if (!spent.ok) return refused(spent)
    const worthless: PhoneLoginOutcome = { ok: false, refusal: 'mismatch', retryAfterSeconds: null }
    const completed = await completeAccount(account, spent.proof)
    if (completed === null) return worthless
    const tokens = await openSession({ account: completed, evidence: spent.proof, label })
    return tokens === null ? worthless : { ok: true, account: completed, business, tokens }
  }
}

const refused = ({
  refusal,
  retryAfterSeconds,
}: {
  refusal: CheckRefusal
  retryAfterSeconds: number | null
}): PhoneLoginOutcome => ({ ok: false, refusal, retryAfterSeconds })
