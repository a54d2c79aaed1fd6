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
  | SendOutcome
  | { ok: false; refusal: 'unknown-account'; retryAfterSeconds: null }
  | { ok: false; refusal: 'delivery-failed'; retryAfterSeconds: null }

export type RequestPhoneCode = (command: {
  project: Project
  phone: PhoneNumber
  /** The number as the caller wrote it. */
  target: string
  languages: LanguageWish
  caller: Caller
}) => Promise<PhoneCodeOutcome>

/** The types of account that log in by phone, in the order in which one number's accounts are preferred. */
export const phoneLoginTypes = ['USER', 'BUSINESS'] as const

/** Seconds between two codes, and how long the carriers have for their first word: both from the dialect's document. */
const cooldownSeconds = 60
const carrierMilliseconds = 10_000

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
  return async ({ project, phone, target, languages, caller }) => {
    const types = [...phoneLoginTypes]
    const found = await findAccount.byPhone({ projectId: project.id, types, phone })
    if (found.length === 0) return countUnknown(challenges, { project, phone, caller })

    const sent = await sendCode({
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
      waitMilliseconds: carrierMilliseconds,
    })
    const hasFailed = sent.ok && sent.delivery === 'failed'
    return hasFailed ? { ok: false, refusal: 'delivery-failed', retryAfterSeconds: null } : sent
  }
}

/** A caller who asks for many numbers that nobody has is looking for those that somebody has. */
export async function countUnknown(
  challenges: Pick<ChallengeStore, 'countEvent'>,
  { project, phone, caller }: { project: Project; phone: PhoneNumber; caller: Caller },
): Promise<{ ok: false; refusal: 'unknown-account'; retryAfterSeconds: null } | TooManyUnknown> {
  if (!caller.isExempt) {
    const limit = unknownAddressLimit(caller)
    const usage = await challenges.countEvent(
      project.id,
      { ...limit, max: limit.max + 1 },
      addressMember(phone),
    )
    // One more than the limit allows has been counted, so this number is not one of those that were answered.
    if (usage.remaining === 0)
      return { ok: false, refusal: 'too-many-requests', retryAfterSeconds: usage.resetSeconds, usage: [] }
  }
  return { ok: false, refusal: 'unknown-account', retryAfterSeconds: null }
}

type TooManyUnknown = { ok: false; refusal: 'too-many-requests'; retryAfterSeconds: number; usage: [] }
