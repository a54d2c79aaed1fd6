import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foreignWords, parseForeignId } from './foreign-text.ts'

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

test.each([
  ['abc-1', 'abc-1'],
  [42, '42'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['😀'.repeat(200), '😀'.repeat(200)],
  ['😀'.repeat(201), null],
  ['x'.repeat(201), null],
  ['a\0b', null],
  ['\ud800', null],
  ['x\udc00', null],
  ['', null],
  [Number.NaN, null],
  [null, null],
  [{ toString: () => 'x' }, null],
])('%j as an id of somebody else is %j', (value, id) => {
  expect(parseForeignId(value)).toBe(id)
})

test('words are cut between characters', () => {
  expect(foreignWords(`${'x'.repeat(199)}😀`, 200)).toBe(`${'x'.repeat(199)}😀`)
  expect(foreignWords(`${'x'.repeat(199)}😀y`, 200)).toBe(`${'x'.repeat(199)}😀`)
  expect(foreignWords('a\0b\ud800', 200)).toBe('a b\ufffd')
})

test('whatever comes, what is left of it can be stored and is not too long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
      fc.nat(40),
      (text, lengthMax) => {
        const words = foreignWords(text, lengthMax)
        expect(isStorable(words)).toBe(true)
        expect([...words].length).toBeLessThanOrEqual(lengthMax)
        const id = parseForeignId(text)
        expect(id === null || isStorable(id)).toBe(true)
      },
    ),
  )
})
