import { describe, expect, test } from 'vitest'
import { list, numbers, oneOf, orNull, orWord, text, wholeNumber, yesOrNo } from './kinds.ts'
import type { Kind } from './setting.ts'

const vowel = text('a vowel', (input) =>
  typeof input === 'string' && /^[aeiou]$/i.test(input) ? input.toLowerCase() : undefined,
)
const vowels = list(vowel, { takes: 'a list of vowels', takesTyped: 'vowels', max: 3 })
const window = numbers(
  { sends: [1, 10], withinSeconds: [1, 60] },
  { takes: 'a window', takesTyped: 'N/SECONDS' },
)

describe('takes, and keeps as', () => {
  test.each<[Kind<unknown>, given: unknown, kept: unknown]>([
    [wholeNumber(1, 3), 1, 1],
    [wholeNumber(1, 3), 3, 3],
    [yesOrNo, false, false],
    [oneOf(['a', 'b']), 'b', 'b'],
    [vowel, 'E', 'e'],
    [vowels, [], []],
    [vowels, ['a', 'A', 'e'], ['a', 'e']],
    [window, { sends: 10, withinSeconds: 60, other: 1 }, { sends: 10, withinSeconds: 60 }],
    [orNull(vowel, { word: 'off' }), null, null],
    [orNull(vowel, { word: 'off' }), 'a', 'a'],
    [orWord(vowels, 'any'), 'any', 'any'],
    [orWord(vowels, 'any'), ['u'], ['u']],
  ])('%# %o', (kind, given, kept) => expect(kind.parse(given)).toEqual(kept))
})

describe('refuses', () => {
  test.each<[Kind<unknown>, given: unknown]>([
    ...[0, 4, 1.5, '2', Number.NaN, null].map((given): [Kind<unknown>, unknown] => [
      wholeNumber(1, 3),
      given,
    ]),
    [yesOrNo, 'yes'],
    [oneOf(['a', 'b']), 'toString'],
    [vowel, 'x'],
    [vowels, ['a', 'x']],
    [vowels, ['a', 'e', 'i', 'o']],
    [vowels, 'aei'],
    [window, { sends: 11, withinSeconds: 60 }],
    [window, { sends: 1, withinSeconds: 0 }],
    [window, { sends: 1 }],
    [window, null],
    [window, [1, 1]],
    [orNull(vowel, { word: 'off' }), 'off'],
    [orWord(vowels, 'any'), ['any']],
  ])('%# %o', (kind, given) => expect(kind.parse(given)).toBeUndefined())
})

describe('is typed as', () => {
  test.each<[Kind<unknown>, typed: string, value: unknown]>([
    [wholeNumber(1, 3), '2', 2],
    [yesOrNo, 'yes', true],
    [yesOrNo, 'no', false],
    [oneOf(['a', 'b']), 'b', 'b'],
    [vowels, 'none', []],
    [vowels, 'a,e', ['a', 'e']],
    [window, '5/30', { sends: 5, withinSeconds: 30 }],
    [orNull(wholeNumber(1, 3), { word: 'off' }), 'off', null],
    [orNull(wholeNumber(1, 3), { word: 'off' }), '3', 3],
    [orWord(vowels, 'any'), 'any', 'any'],
    [orWord(vowels, 'any'), 'u', ['u']],
  ])('%# %o: %s', ({ typed: { read, write } }, typed, value) => {
    expect(read(typed)).toEqual(value)
    expect(write(value)).toBe(typed)
  })

  test('seconds with their unit and lists with spaces are read as well; what means nothing stays as it is', () => {
    expect(window.typed.read('5/30s')).toEqual({ sends: 5, withinSeconds: 30 })
    expect(vowels.typed.read('a, e')).toEqual(['a', 'e'])
    expect(window.typed.read('5s/30')).toBe('5s/30')
    expect(wholeNumber(1, 3).typed.read('1.5')).toBe('1.5')
    expect(yesOrNo.typed.read('true')).toBe('true')
  })
})

test('null is named as each edge writes it, with what it means', () => {
  const kind = orNull(wholeNumber(1, 3, 'sends'), { word: 'off', means: 'no cap' })
  expect(kind.takes).toBe('a whole number of sends from 1 to 3, or null for no cap')
  expect(kind.typed.takes).toBe('a whole number of sends from 1 to 3, or "off" for no cap')
})
