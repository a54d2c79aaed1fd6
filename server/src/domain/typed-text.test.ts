import { expect, test } from 'vitest'
import { asciiDigits, trimTyped, withoutSpacing } from './typed-text.ts'

test('decimal digits of every script are those that they stand for', () => {
  // The platform's numbering systems, which find the value of a digit in a different way than we do.
  const systems = Intl.supportedValuesOf('numberingSystem')
  const read = systems.flatMap((system) => {
    const digits = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false })
    const written = Array.from({ length: 10 }, (_, digit) => digits.format(digit))
    return written.every((digit) => /^\p{Nd}$/u.test(digit)) ? [[system, asciiDigits(written.join(''))]] : []
  })
  expect(read.length).toBeGreaterThan(50)
  expect(read).toEqual(read.map(([system]) => [system, '0123456789']))
})

test('what is no decimal digit stays as it is', () => {
  expect(asciiDigits('a-\u00b2\u2460\u4e00\u00bd1')).toBe('a-\u00b2\u2460\u4e00\u00bd1')
})

test('both ends lose what nobody sees, and the middle keeps it', () => {
  expect(trimTyped('\u200f\u00a0\n a\u200bb c \t\ufeff')).toBe('a\u200bb c')
  expect(trimTyped('  a ')).toBe('a')
})

test('spaces and invisible signs go, line ends stay', () => {
  expect(withoutSpacing('1\u00a02\u200b3\t4 5\u202c')).toBe('12345')
  expect(withoutSpacing('1\n2')).toBe('1\n2')
})
