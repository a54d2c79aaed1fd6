import type { Caller } from '../../domain/caller.ts'
import type { Content } from '../../domain/challenge.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { type AddressPair, pairSubject } from '../codes/keep-proof.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { FindAccount } from './find-account.ts'

/** The purposes of a code for a phone and, optionally, an e-mail address. */
export type PairPurpose = Purpose<'sign-up' | 'login' | 'possession'>

/** The same outcome whether or not there is an account (S7). */
export type RequestPairCode = (
  command: AddressPair & {
    project: Project
    purpose: PairPurpose
    /** The phone as the caller wrote it. */
    target: string
    languages: LanguagePreference
    caller: Caller
  },
) => Promise<SendOutcome<'caller'>>

/** Sends a code to the e-mail address, or by SMS to the phone if there is none. */
export function createRequestPairCode({
  findAccount,
  sendCode,
}: {
  findAccount: FindAccount
  sendCode: SendCode
}): RequestPairCode {
  return async ({ project, purpose, phone, email, target, languages, caller }) =>
    sendCode<'caller'>({
      project,
      purpose,
      channel: email === null ? 'sms' : 'email',
      ...pairSubject({ phone, email }),
      target: email ?? target,
      ...(await chooseContent(findAccount, { project, purpose, phone, email })),
      languages,
      caller,
    })
}

type Wanted = AddressPair & { project: Project; purpose: PairPurpose }

async function chooseContent(
  findAccount: FindAccount,
  { project, purpose, phone, email }: Wanted,
): Promise<{ content: Content; accountLocale?: MessageLocale | null }> {
  const key = { projectId: project.id, phone, email }
  switch (purpose.use) {
    // A phone of an account with somebody else's e-mail address finds no account, so no code is sent (A6).
    case 'login': {
      const account = await findAccount.byMobile(key)
      return account === null ? { content: 'decoy' } : { content: 'code', accountLocale: account.locale }
    }
    case 'sign-up': {
      const owner = await findAccount.findConflicting(key)
      return owner === null
        ? { content: 'code' }
        : { content: 'notice-account-exists', accountLocale: owner.locale }
    }
    case 'possession':
      return { content: 'code' }
  }
}
