import { describe, expect, test } from 'vitest'
import type { Address } from './address.ts'
import { answerLocales, messageLocales, parseMessageLocale, preferredLocale } from './locale.ts'
import { chooseMessageLocale } from './message-language.ts'

const ivorian = '+2250701020304'
const indian = '+919876543210'

describe('the language of a message', () => {
  test.each([
    [
      'what was asked for comes first',
      { asked: 'de', account: 'es', accepted: 'fr', address: ivorian },
      'de',
    ],
    ["then the account's own", { account: 'es', accepted: 'fr', address: ivorian }, 'es'],
    ['then Accept-Language', { accepted: 'sw', address: ivorian }, 'sw'],
    ["then that of the number's country", { address: ivorian }, 'fr'],
    ["then the project's: no one language is read all over India", { address: indian }, 'pt'],
    ["then the project's: an address says nothing", { address: 'ada@example.fr' }, 'pt'],
  ] as const)('%s', (_, { address, ...given }, expected) => {
    const nothing = { asked: null, account: null, accepted: null }
    expect(chooseMessageLocale({ ...nothing, ...given, address: address as Address, project: 'pt' })).toBe(
      expected,
    )
  })

  test.each([
    ['+14155550100', 'en', 'the United States'],
    ['+15145550100', 'fr', 'Quebec'],
    ['+18095550100', 'es', 'the Dominican Republic'],
    ['+442079460000', 'en', 'the United Kingdom'],
    ['+255712345678', 'sw', 'Tanzania'],
    ['+254712345678', 'hi', 'Kenya, which reads two languages: the project says which'],
    ['+201001234567', 'ar', 'Egypt'],
    ['+5511987654321', 'pt', 'Brazil'],
    ['+34612345678', 'es', 'Spain'],
    ['+4915112345678', 'de', 'Germany'],
    ['+32470123456', 'hi', 'Belgium'],
    ['+870773111632', 'hi', 'a satellite'],
  ] as const)('%s is written to in %s: %s', (address, expected, _country) => {
    const nothing = { asked: null, account: null, accepted: null }
    expect(chooseMessageLocale({ ...nothing, address: address as Address, project: 'hi' })).toBe(expected)
  })
})

describe('a tag', () => {
  test.each([
    ['pt-BR', 'pt'],
    ['PT_br', 'pt'],
    [' hi ', 'hi'],
    ['ar-EG-u-nu-latn', 'ar'],
    ['zz', null],
    ['', null],
    ['fr'.repeat(100), null],
    ['__proto__', null],
    [null, null],
    [5, null],
    [['fr'], null],
  ])('%j gives %j', (input, expected) => expect(parseMessageLocale(input)).toBe(expected))
})

describe('Accept-Language', () => {
  test.each([
    ['fr-CA;q=0.8, de;q=0.5', 'fr', 'fr'],
    ['de, en;q=0.5', 'en', 'de'],
    ['de', null, 'de'],
    ['sw-TZ, sw;q=0.9, en;q=0.1', 'en', 'sw'],
    ['*', null, null],
    ['zz, yy', null, null],
    ['fr;q=0', null, null],
    ['x'.repeat(300), null, null],
    [undefined, null, null],
  ])('%j answers in %j and writes in %j', (header, answer, message) => {
    expect(preferredLocale(header, answerLocales)).toBe(answer)
    expect(preferredLocale(header, messageLocales)).toBe(message)
  })
})
