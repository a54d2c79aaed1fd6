import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseEmailAddress } from './address.ts'
import type { ChallengeId } from './challenge.ts'
import { challengeId } from './challenge.ts'
import { codesMatch, deriveCode, parseCode } from './code.ts'
import type { ProjectId } from './project.ts'
import { Secret } from './secret.ts'

const subjectAt = (number: number) => ({
  id: challengeId(new Date(1_700_000_000_000 + number), randomBytes(6)),
  projectId: 'PRJ_codes' as ProjectId,
  address: parseEmailAddress('ada@example.test') ?? failed(),
  purpose: 'service' as const,
})

const failed = (): never => {
  throw new Error('the address of the test is none')
}

test('C1: codes are even: every digit at every place, and leading zeros are kept', () => {
  const key = { id: 'k', key: randomBytes(32) }
  const samples = 60_000
  for (const digits of [5, 6, 10]) {
    const counts = Array.from({ length: digits }, () => new Array<number>(10).fill(0))
    let isWhole = true
    for (let number = 0; number < samples; number += 1) {
      const code = deriveCode(key, { ...subjectAt(number), digits }).reveal()
      isWhole &&= code.length === digits
      for (const [place, digit] of [...code].entries()) {
        const row = counts[place] ?? failed()
        row[Number(digit)] = (row[Number(digit)] ?? 0) + 1
      }
    }
    expect(isWhole).toBe(true)
    for (const row of counts) {
      const mean = samples / 10
      const chiSquared = row.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
      // Nine degrees of freedom: a uniform source exceeds 45 once in a million times.
      expect(chiSquared).toBeLessThan(45)
    }
  }
})

test('C1: the same code comes out again for the same subject and key, and for no other', () => {
  const key = { id: 'k', key: randomBytes(32) }
  const other = { id: 'k', key: randomBytes(32) }
  const same = { ...subjectAt(1), digits: 6 }
  // Six digits may be equal by chance; twenty codes in a row are not.
  const codesOf = (change: Partial<typeof same>, with_ = key) =>
    Array.from({ length: 20 }, (_, number) =>
      deriveCode(with_, { ...same, id: challengeId(new Date(number), Buffer.alloc(6)), ...change }).reveal(),
    ).join()
  expect(codesOf({})).toBe(codesOf({}))
  expect(codesOf({}, other)).not.toBe(codesOf({}))
  expect(codesOf({ purpose: 'account-login' as never })).not.toBe(codesOf({}))
  expect(codesOf({ projectId: 'PRJ_other' as ProjectId })).not.toBe(codesOf({}))
  expect(codesOf({ address: (parseEmailAddress('eve@example.test') ?? failed()) as never })).not.toBe(
    codesOf({}),
  )
})

test.each([
  // The first word of both is above the largest multiple of 10⁶: 4,294,546,710 and 4,294,903,919.
  ['000000000000000000002173', 6, 'the second word, 312,079,375', '079375'],
  ['0000000000000000000026f9', 6, 'the second word, 2,057,174,149', '174149'],
  // For five digits, the first of them is below the multiple, and the second is above it as well.
  ['000000000000000000002173', 5, 'the first word', '46710'],
  ['0000000000000000000026f9', 5, 'the second word', '74149'],
])(
  'C1: a word that would favour low codes is passed over: %s at %i digits reads %s',
  (id, digits, _, code) => {
    const key = { id: 'k', key: Buffer.alloc(32, 7) }
    expect(deriveCode(key, { ...subjectAt(0), id: id as ChallengeId, digits }).reveal()).toBe(code)
  },
)

describe('a guess', () => {
  test.each([
    ['123456', '123456', true],
    ['123456', '123457', false],
    ['012345', '12345', false],
    ['12345', '123456', false],
    ['', '', true],
  ])('V8: %j against %j: %s', (code, guess, expected) => {
    expect(codesMatch(new Secret(code), new Secret(guess))).toBe(expected)
  })

  test.each([
    ['012345', '012345'],
    ['\u0660\u0661\u0662\u0663\u0664\u0665', '012345'],
    ['\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5', '012345'],
    ['\uff10\uff11\uff12\uff13\uff14\uff15', '012345'],
    ['\u0966\u0967\u0968\u0969\u096a\u096b', '012345'],
  ])('V8: six digits are read in every script that a phone types: %s', (input, text) => {
    expect(parseCode(input, 6)?.reveal()).toBe(text)
  })

  test.each([
    '012 345',
    '012-345',
    '012\u2011345',
    ' 012345',
    '012345\n',
    '\r\n012345\r\n',
    '012\u00a0345',
    '\u200e012345\u200f',
    '\u206801\u200b2345\u2069',
    '0 1 2 3 4 5',
    '\t\u0660\u0661\u0662 \u0663\u0664\u0665\u2028',
  ])('V8: %j is read as pasted', (input) => {
    expect(parseCode(input, 6)?.reveal()).toBe('012345')
  })

  test.each([
    '12345',
    '1234567',
    '',
    ' 12345',
    '12345 ',
    '12345\n',
    'a12345',
    '12345a',
    '+12345',
    '-12345',
    '1234.5',
    '123.456',
    '12345६७',
    '123456\u0000',
    `123456${' '.repeat(64)}`,
    null,
    undefined,
    123456,
    true,
    [],
    ['123456'],
    ['1', '2', '3', '4', '5', '6'],
    { length: 6 },
  ])('V8: %j is none', (input) => {
    expect(parseCode(input, 6)).toBeNull()
  })
})
