import type { AccountType } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import { shortDigest } from '../../domain/limit.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { unknownAddressLimit } from '../codes/limits.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { SendCommand } from '../codes/send-command.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { FindAccount } from './find-account.ts'

/** `unknown-account` is revealed, because the documents require it. The unknown numbers of a keyless caller are counted. */
export type PhoneCodeOutcome<Option extends 'condition' = never> =
  | SendOutcome<'caller' | 'guards' | Option>
  | UnknownAccount

/** No account has the number, or the caller has asked for too many such numbers. */
export type UnknownAccount = {
  ok: false
  refusal: 'unknown-account' | 'too-many-unknown-addresses'
  retryAfterSeconds: number | null
}

type PhoneCodeCommand = {
  project: Project
  purpose: Purpose
  /** The account types, in order of preference for a number with several accounts. */
  types: readonly AccountType[]
  phone: PhoneNumber
  /** The number as the caller wrote it. */
  target: string
  languages: LanguagePreference
  /** Null for the operator's own systems, which request codes for many people. */
  caller: Caller | null
} & Pick<SendCommand, 'cooldownSeconds' | 'waitMilliseconds'>

/** A caller that names a condition gets its refusals, as with `SendCode`. */
export type RequestPhoneCode = <Option extends 'condition' = never>(
  command: PhoneCodeCommand & Pick<SendCommand, Option>,
) => Promise<PhoneCodeOutcome<Option>>

/** Sends a code by SMS to a number that has an account. */
export function createRequestPhoneCode({
  challenges,
  findAccount,
  sendCode,
}: {
  challenges: Pick<ChallengeStore, 'countEvent'>
  findAccount: Pick<FindAccount, 'byPhone'>
  sendCode: SendCode
}): RequestPhoneCode {
  const requestPhoneCode = async ({
    project,
    types,
    phone,
    caller,
    ...command
  }: PhoneCodeCommand & Pick<SendCommand, 'condition'>): Promise<PhoneCodeOutcome<'condition'>> => {
    const [first] = await findAccount.byPhone({ projectId: project.id, types, phone })
    if (first === undefined) return countUnknown(challenges, { project, phone, caller })

    return sendCode<'caller' | 'condition' | 'guards'>({
      ...command,
      project,
      channel: 'sms',
      address: phone,
      // A number may belong to several accounts, one of each type: then the request that spends the code names the type.
      accountId: types.length === 1 ? first.id : null,
      content: 'code',
      accountLocale: first.locale,
      caller,
      guards: caller === null || caller.isExempt ? [] : [unknownAddressLimit(caller)],
    })
  }
  return requestPhoneCode as RequestPhoneCode
}

/** Counts a number without an account. A caller with many of them is searching for numbers that have one. */
export async function countUnknown(
  challenges: Pick<ChallengeStore, 'countEvent'>,
  { project, phone, caller }: { project: Project; phone: PhoneNumber; caller: Caller | null },
): Promise<UnknownAccount> {
  if (caller !== null && !caller.isExempt) {
    const limit = unknownAddressLimit(caller)
    const { isExceeded, resetSeconds } = await challenges.countEvent(project.id, limit, shortDigest(phone))
    if (isExceeded)
      return { ok: false, refusal: 'too-many-unknown-addresses', retryAfterSeconds: resetSeconds }
  }
  return { ok: false, refusal: 'unknown-account', retryAfterSeconds: null }
}
