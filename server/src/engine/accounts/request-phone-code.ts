import type { AccountType } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import { addressMember } from '../../domain/limit.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { unknownAddressLimit } from '../codes/limits.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { SendCommand } from '../codes/send-command.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { FindAccount } from './find-account.ts'

/** `unknown-account` is told honestly, because the documents do; a stranger's unknown numbers are counted. */
export type PhoneCodeOutcome<Option extends 'condition' = never> =
  | SendOutcome<'caller' | 'guards' | Option>
  | UnknownAccount

/** Nobody has the number, or the caller has asked for too many numbers that nobody has. */
export type UnknownAccount = {
  ok: false
  refusal: 'unknown-account' | 'too-many-unknown-addresses'
  retryAfterSeconds: number | null
}

type PhoneCodeCommand = {
  project: Project
  purpose: Purpose
  /** Whose accounts are meant, in the order in which one number's accounts are preferred. */
  types: readonly AccountType[]
  phone: PhoneNumber
  /** The number as the caller wrote it. */
  target: string
  languages: LanguageWish
  /** Null for the operator's own systems, which ask for many people. */
  caller: Caller | null
} & Pick<SendCommand, 'cooldownSeconds' | 'waitMilliseconds'>

/** Who names a condition has its refusals, as of `SendCode`. */
export type RequestPhoneCode = <Option extends 'condition' = never>(
  command: PhoneCodeCommand & Pick<SendCommand, Option>,
) => Promise<PhoneCodeOutcome<Option>>

/** Sends a code by SMS to somebody whose number is known. */
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
      // A number may be that of several accounts, one of each type: then whoever spends the code says of which.
      accountId: types.length === 1 ? first.id : null,
      content: 'code',
      accountLocale: first.locale,
      caller,
      guards: caller === null || caller.isExempt ? [] : [unknownAddressLimit(caller)],
    })
  }
  return requestPhoneCode as RequestPhoneCode
}

/** A caller who asks for many numbers that nobody has is looking for those that somebody has. */
export async function countUnknown(
  challenges: Pick<ChallengeStore, 'countEvent'>,
  { project, phone, caller }: { project: Project; phone: PhoneNumber; caller: Caller | null },
): Promise<UnknownAccount> {
  if (caller !== null && !caller.isExempt) {
    const limit = unknownAddressLimit(caller)
    const { isExceeded, resetSeconds } = await challenges.countEvent(project.id, limit, addressMember(phone))
    if (isExceeded)
      return { ok: false, refusal: 'too-many-unknown-addresses', retryAfterSeconds: resetSeconds }
  }
  return { ok: false, refusal: 'unknown-account', retryAfterSeconds: null }
}
