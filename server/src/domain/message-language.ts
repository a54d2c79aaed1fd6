import type { Address } from './address.ts'
import type { MessageLocale } from './locale.ts'
import { languageOfNumber } from './number-language.ts'

/** What a request says of the language of its message: by name, and by `Accept-Language`. */
export type LanguageWish = { asked: MessageLocale | null; accepted: MessageLocale | null }

/**
 * The language of a message: asked for, else the account's own, else what the caller's `Accept-Language` says, else that
 * of the number's country, else the project's.
 */
export function chooseMessageLocale({
  asked,
  accepted,
  account,
  address,
  project,
}: LanguageWish & {
  account: MessageLocale | null
  address: Address
  project: MessageLocale
}): MessageLocale {
  return asked ?? account ?? accepted ?? languageOfNumber(address) ?? project
}
