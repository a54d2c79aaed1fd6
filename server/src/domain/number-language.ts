import type { Address } from './address.ts'
import type { MessageLocale } from './locale.ts'

/*
 * Which of our languages the people of a number's country read. Only countries where nearly everybody reads the same one
 * are listed. For India, Kenya, Belgium, Cameroon or Switzerland, the project's language is a better choice.
 */

/** Calling codes, with area codes where countries or languages share a calling code. */
const prefixes: Record<MessageLocale, string> = {
  // North America and most of the Caribbean; the British Isles; the English-speaking parts of Africa, Asia, the Pacific.
  en: '1 44 353 61 64 65 220 231 232 233 234 256 260 263 264 265 266 267 268 27',
  // Quebec and New Brunswick; Haiti; France and its islands; the French-speaking parts of Africa.
  fr: '1263 1354 1367 1418 1428 1438 1450 1468 1506 1514 1579 1581 1819 1873 33 221 223 224 225 226 227 228 229 236 241 242 243 253 261 262 377 508 509 590 594 596 687 689',
  sw: '255',
  // No country where nearly everybody reads Hindi.
  hi: '',
  ar: '20 211 212 213 216 218 249 961 962 963 964 965 966 967 968 970 971 973 974',
  // Puerto Rico and the Dominican Republic; Spain; Central and South America.
  es: '1787 1809 1829 1849 1939 34 240 502 503 504 505 506 507 51 52 53 54 56 57 58 591 593 595 598',
  pt: '55 351 238 239 244 245 258',
  de: '49 43 423',
}

const languageByPrefix = new Map<string, MessageLocale>(
  (Object.entries(prefixes) as [MessageLocale, string][]).flatMap(([locale, codes]) =>
    codes.split(' ').map((code): [string, MessageLocale] => [code, locale]),
  ),
)
languageByPrefix.delete('')

/** The language of a phone number's country, or null. By prefix, because a whole parse costs as much as a send. */
export function languageOfNumber(address: Address): MessageLocale | null {
  if (!address.startsWith('+')) return null
  for (let length = 4; length > 0; length -= 1) {
    const locale = languageByPrefix.get(address.slice(1, length + 1))
    if (locale !== undefined) return locale
  }
  return null
}
