import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Content } from '../../domain/challenge.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { LanguageWish } from '../../domain/message-language.ts'
import type { Project } from '../../domain/project.ts'
import { mobileSubject } from '../codes/keep-proof.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { FindAccount } from './find-account.ts'

/** What a `mobile` code is for. */
export type MobilePurpose = 'mobile-signup' | 'mobile-login' | 'mobile-verification'

/** The same outcome whether or not there is an account (S7). */
export type RequestMobileCode = (command: {
  project: Project
  purpose: MobilePurpose
  phone: PhoneNumber
  email: EmailAddress | null
  /** The mobile as the caller wrote it. */
  mobile: string
  languages: LanguageWish
  caller: Caller
}) => Promise<SendOutcome<'caller'>>

/** Sends a code to the e-mail address, or without one by SMS to the mobile. */
export function createRequestMobileCode({
  findAccount,
  sendCode,
}: {
  findAccount: FindAccount
  sendCode: SendCode
}): RequestMobileCode {
  return async ({ project, purpose, phone, email, mobile, languages, caller }) =>
    sendCode<'caller'>({
      project,
      purpose,
      channel: email === null ? 'sms' : 'email',
      ...mobileSubject({ phone, email }),
      target: email ?? mobile,
      ...(await chooseContent(findAccount, { project, purpose, phone, email })),
      languages,
      caller,
    })
}

type Wanted = { project: Project; purpose: MobilePurpose; phone: PhoneNumber; email: EmailAddress | null }

async function chooseContent(
  findAccount: FindAccount,
  { project, purpose, phone, email }: Wanted,
): Promise<{ content: Content; accountLocale?: MessageLocale | null }> {
  const key = { projectId: project.id, phone, email }
  switch (purpose) {
    // Somebody else's e-mail address beside the account's mobile finds no account, and so gets no code (A6).
    case 'mobile-login': {
      const account = await findAccount.byMobile(key)
      return account === null ? { content: 'decoy' } : { content: 'code', accountLocale: account.locale }
    }
    case 'mobile-signup': {
      const owner = await findAccount.inTheWay(key)
      return owner === null
        ? { content: 'code' }
        : { content: 'notice-account-exists', accountLocale: owner.locale }
    }
    case 'mobile-verification':
      return { content: 'code' }
  }
}
