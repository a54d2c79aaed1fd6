import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import { addressMember } from '../../domain/limit.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import { unknownAddressLimit } from '../codes/limits.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { FindAccount } from './find-account.ts'

/** `unknown-account` is told honestly, because the document does; the caller's unknown numbers are counted. */
export type PhoneCodeOutcome =
  | SendOutcome<'caller' | 'guards'>
  | UnknownAccount
  | { ok: false; refusal: 'delivery-failed'; retryAfterSeconds: null }

/** Nobody has the number, or the caller has asked for too many numbers that nobody has. */
export type UnknownAccount = {
  ok: false
  refusal: 'unknown-account' | 'too-many-unknown-addresses'
  retryAfterSeconds: number | null
}

export type RequestPhoneCode = (command: {
  project: Project
  phone: PhoneNumber
  /** The number as the caller wrote it. */
  target: string
  languages: LanguageWish
  caller: Caller
  /** Seconds between two codes. */
  cooldownSeconds: number
  /** How long the carriers have for their first word. */
  waitMilliseconds: number
}) => Promise<PhoneCodeOutcome>

/** The types of account that log in by phone, in the order in which one number's accounts are preferred. */
export const phoneLoginTypes = ['USER', 'BUSINESS'] as const

/** Sends a login code by SMS to a user whose number is known, and waits for the carrier's word. */
export function createRequestPhoneCode({
  challenges,
  findAccount,
  sendCode,
}: {
  challenges: Pick<ChallengeStore, 'countEvent'>
  findAccount: Pick<FindAccount, 'byPhone'>
  sendCode: SendCode
}): RequestPhoneCode {
  return async ({ project, phone, target, languages, caller, cooldownSeconds, waitMilliseconds }) => {
    const types = [...phoneLoginTypes]
    const found = await findAccount.byPhone({ projectId: project.id, types, phone })
    if (found.length === 0) return countUnknown(challenges, { project, phone, caller })

    const sent = await sendCode<'caller' | 'guards'>({
      project,
      purpose: 'kikapu-login',
      channel: 'sms',
      address: phone,
      target,
      content: 'code',
      languages,
      accountLocale: found[0]?.locale ?? null,
      caller,
      cooldownSeconds,
      guards: caller.isExempt ? [] : [unknownAddressLimit(caller)],
      waitMilliseconds,
    })
    const hasFailed = sent.ok && sent.delivery === 'failed'
    return hasFailed ? { ok: false, refusal: 'delivery-failed', retryAfterSeconds: null } : sent
  }
}

/** A caller who asks for many numbers that nobody has is looking for those that somebody has. */
export async function countUnknown(
  challenges: Pick<ChallengeStore, 'countEvent'>,
  { project, phone, caller }: { project: Project; phone: PhoneNumber; caller: Caller },
): Promise<UnknownAccount> {
  if (!caller.isExempt) {
    const limit = unknownAddressLimit(caller)
    const { isExceeded, resetSeconds } = await challenges.countEvent(project.id, limit, addressMember(phone))
    if (isExceeded)
      return { ok: false, refusal: 'too-many-unknown-addresses', retryAfterSeconds: resetSeconds }
  }
  return { ok: false, refusal: 'unknown-account', retryAfterSeconds: null }
}
