import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import { unknownAddressLimit } from '../codes/limits.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { FindAccount } from './find-account.ts'
import { countUnknown, type UnknownAccount } from './request-phone-code.ts'

/** `unknown-account` is told honestly, because the document does; a stranger's unknown numbers are counted. */
export type CitizenCodeOutcome = SendOutcome<'caller' | 'condition' | 'guards'> | UnknownAccount

export type RequestCitizenCode = (command: {
  project: Project
  /** `create` refuses while a code is alive, `resend` unless one was issued and not used. */
  operation: 'create' | 'resend'
  phone: PhoneNumber
  /** The number as the caller wrote it. */
  target: string
  languages: LanguageWish
  /** Null for the operator's own systems, which ask for many citizens. */
  caller: Caller | null
}) => Promise<CitizenCodeOutcome>

/** Sends a code by SMS to a citizen who is known. */
export function createRequestCitizenCode({
  challenges,
  findAccount,
  sendCode,
}: {
  challenges: Pick<ChallengeStore, 'countEvent'>
  findAccount: Pick<FindAccount, 'byPhone'>
  sendCode: SendCode
}): RequestCitizenCode {
  return async ({ project, operation, phone, target, languages, caller }) => {
    const [citizen] = await findAccount.byPhone({ projectId: project.id, types: ['CITIZEN'], phone })
    if (citizen === undefined) {
      if (caller === null) return { ok: false, refusal: 'unknown-account', retryAfterSeconds: null }
      return countUnknown(challenges, { project, phone, caller })
    }
    return sendCode<'caller' | 'condition' | 'guards'>({
      project,
      purpose: 'citizen',
      channel: 'sms',
      address: phone,
      target,
      accountId: citizen.id,
      content: 'code',
      languages,
      accountLocale: citizen.locale,
      caller,
      condition: operation === 'create' ? 'none-live' : 'issued',
      guards: caller === null || caller.isExempt ? [] : [unknownAddressLimit(caller)],
    })
  }
}
