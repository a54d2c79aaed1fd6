import { getCountries } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import type { Region } from './numbering-plan.ts'
import {
  isNationalSpelling,
  parseCallingCode,
  parsePhoneBeginning,
  parsePhoneNumber,
} from './phone-number.ts'

describe('a phone number', () => {
  const french = '+33612345678'
  test.each([
    ['in marks of direction', '\u202a+33612345678\u202c'],
    ['between isolates', '\u2068+33 6 12 34 56 78\u2069'],
    ['behind an Arabic letter mark', '\u061c+33612345678'],
    ['with a byte order mark', '\ufeff+33612345678'],
    ['with zero-width spaces', '+33\u200b6\u200b12345678'],
    ['with soft hyphens', '+33\u00ad612\u00ad345678'],
    ['with an invisible letter', '+33\u3164612345678'],
    ['with no-break spaces', '+33\u00a06\u00a012\u00a034\u00a056\u00a078'],
    ['with narrow and ideographic spaces', '+33\u202f6\u300012\u200934\u205f56\u168078'],
    ['with every dash', '+33-6\u201012\u201134\u201256\u20137\u20148'],
    ['with minus signs', '+33\u22126\u221212\u2212345678'],
    ['with dots', '+33.6.12.34.56.78'],
    ['with full-width signs', '\uff0b\uff13\uff13\uff08\uff10\uff09\uff16\uff0d\uff11\uff12\uff0f345678'],
    ['with slashes', '+33/6/12/34/56/78'],
    ['in brackets', '[+33] {6} (12) 345678'],
    ['as a link', 'tel:+33-6-12-34-56-78'],
    ['as a link in capitals, behind a space', ' TEL:+33612345678'],
    ['with a line end behind it', '+33612345678\r\n'],
    ['in Arabic digits', '+\u0663\u0663\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668'],
    ['in Devanagari digits', '+\u0969\u0969\u096c\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e'],
    ['with 00', '0033612345678'],
    ['with 00 and its trunk prefix', '00 33 (0) 6 12 34 56 78'],
    ['with its country code twice', '+33 33 612345678'],
  ])('S1: is the same %s', (_, text) => {
    expect(parsePhoneNumber(text)).toBe(french)
  })

  test.each([
    ['00255712345678', { region: 'TZ' as const }, '+255712345678'],
    ['00 44 7911 123456', { region: 'US' as const }, '+447911123456'],
    ['011 44 7911 123456', { region: 'US' as const }, '+447911123456'],
    ['255712345678', { region: 'TZ' as const }, '+255712345678'],
    ['255712345678', { countryCode: '+255' }, '+255712345678'],
    ['00255712345678', { countryCode: '+255' }, '+255712345678'],
    ['0712345678', { countryCode: '00255' }, '+255712345678'],
    ['712345678', { countryCode: '\u202a+255\u202c' }, '+255712345678'],
    ['919175113022', { countryCode: '+91' }, '+919175113022'],
    // The number is assigned as it is, and happens to begin like its country code.
    ['9175113022', { countryCode: '+91' }, '+919175113022'],
    ['07781123456', { region: 'GB' as const }, '+447781123456'],
    ['07911123456', { region: 'GG' as const }, '+447911123456'],
    ['8 701 123 45 67', { region: 'RU' as const }, '+77011234567'],
    ['0639 12 34 56', { region: 'RE' as const }, '+262639123456'],
    ['06 698 12345', { region: 'VA' as const }, '+390669812345'],
  ])('S1: %s beside %j is %s', (text, context, number) => {
    expect(parsePhoneNumber(text, context)).toBe(number)
  })

  test.each([
    [
      'Mexico',
      '+525512345678',
      ['+5215512345678', '+52 1 55 1234 5678', '+52 044 55 1234 5678', '0052 1 55 1234 5678'],
    ],
    [
      'Argentina',
      '+5491133330001',
      ['+541133330001', '+54 9 11 3333-0001', '+54 11 15 3333-0001', '+54 9 11 15 3333-0001'],
    ],
    ['Argentina', '+5492234512345', ['+54 223 451 2345', '+54 223 15 451 2345']],
    ['Brazil', '+5521987650001', ['+552187650001', '+55 (21) 98765-0001', '0055 21 8765-0001']],
  ])('S1: a phone of %s is one address, %s', (_, number, spellings) => {
    for (const text of [number, ...spellings]) expect([text, parsePhoneNumber(text)]).toEqual([text, number])
  })

  test.each([
    [
      'MX',
      '+525512345678',
      ['55 1234 5678', '1 55 1234 5678', '01 55 1234 5678', '044 55 1234 5678', '045 5512345678'],
    ],
    [
      'AR',
      '+5491133330001',
      ['11 3333 0001', '011 15-3333-0001', '9 11 3333 0001', '0 11 3333-0001', '9 11 15 3333 0001'],
    ],
    ['BR', '+5521987650001', ['21 8765-0001', '(21) 98765-0001', '021 8765-0001', '0 21 21 98765 0001']],
  ] as [Region, string, string[]][])('S1: dialled in %s it is %s', (region, number, spellings) => {
    for (const text of spellings) expect([text, parsePhoneNumber(text, { region })]).toEqual([text, number])
  })

  test('S3: what is no phone of a person keeps its number, so that premium numbers are known as such', () => {
    expect(parsePhoneNumber('+546001234567')).toBe('+546001234567')
    expect(parsePhoneNumber('+548001234567')).toBe('+548001234567')
    expect(parsePhoneNumber('+552133334444')).toBe('+552133334444')
    expect(parsePhoneNumber('+558001234567')).toBe('+558001234567')
  })

  test.each([
    '',
    ' ',
    '+',
    '0712345678',
    '1-800-CODES',
    '+33612345678;ext=5',
    '+33612345678 x5',
    '+33612345678,+33612345679',
    '+33612345678 +33612345679',
    '+336123\n45678',
    '+33612345678\u2028+33612345679',
    '+33612345678@example.com',
    '+254 00712345678',
    '+598 0097401957',
    '+3361234\u00b2678',
    '+3361234567\u0000',
    `+33612345678${' '.repeat(200)}`,
    'tel:tel:+33612345678',
    33612345678,
    ['+33612345678'],
    null,
    undefined,
  ])('S8: %j is none', (input) => {
    expect(parsePhoneNumber(input)).toBeNull()
  })

  test('S1: what was read once is read as itself', () => {
    for (const region of getCountries()) {
      for (const text of [
        '0712345678',
        '912345678',
        '2125550123',
        '1133330001',
        '2187650001',
        '5512345678',
      ]) {
        const number = parsePhoneNumber(text, { region })
        if (number !== null) expect([region, text, parsePhoneNumber(number)]).toEqual([region, text, number])
      }
    }
  })
})

test('a national spelling is one without + that has digits and nothing else', () => {
  for (const text of ['0712345678', '\u200e0712 345\u2011678', '\u0660\u0667\u0661\u0662'])
    expect([text, isNationalSpelling(text)]).toEqual([text, true])
  for (const text of ['+255712345678', '', '--', 'abc', '12a'])
    expect([text, isNationalSpelling(text)]).toEqual([text, false])
})

test('a calling code is one to three digits, however they are written', () => {
  expect(['+1', '1', ' +225 ', '00225', '\u0662\u0665\u0665'].map(parseCallingCode)).toEqual([
    '1',
    '1',
    '225',
    '225',
    '255',
  ])
  for (const text of ['', '+', '0', '+2255', 'IN', '1a'])
    expect([text, parseCallingCode(text)]).toEqual([text, null])
})

test('the beginning of numbers means the numbers that are kept', () => {
  const read = [
    '+22507',
    ' +225 07',
    '\u202a+225-07\u202c',
    '+5411',
    '+54911',
    '+521',
    '+5255',
    '+552187650001',
    '+5521',
  ]
  expect(read.map(parsePhoneBeginning)).toEqual([
    '+22507',
    '+22507',
    '+22507',
    '+54911',
    '+54911',
    '+52',
    '+5255',
    '+5521987650001',
    '+5521',
  ])
  for (const text of ['22507', '+0', '+', 'example.com', '192.0.2.0/24'])
    expect([text, parsePhoneBeginning(text)]).toEqual([text, null])
})
