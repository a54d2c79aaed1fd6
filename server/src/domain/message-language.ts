import type { Address } from './address.ts'
import type { MessageLocale } from './locale.ts'
import { languageOfNumber } from './number-language.ts'

/** The language that a request wants its message in, by name and by `Accept-Language`. */
export type LanguagePreference = { asked: MessageLocale | null; accepted: MessageLocale | null }

/**
 * The language of a message: the first that is known of the requested one, the account's, the best of the caller's
 * `Accept-Language`, the one of the number's country, and the project's.
 */
export function chooseMessageLocale({
  asked,
  accepted,
  account,
  address,
  project,
}: LanguagePreference & {
  account: MessageLocale | null
  address: Address
  project: MessageLocale
}): MessageLocale {
  return asked ?? account ?? accepted ?? languageOfNumber(address) ?? project
}
