import { expect, test } from 'vitest'
import { parseJsonText } from './json-text.ts'

test('one byte order mark before the JSON says nothing; anything else stays what it is', () => {
  expect(parseJsonText('\uFEFF{"a": "\uFEFF"}')).toEqual({ a: '\uFEFF' })
  expect(parseJsonText('[1]')).toEqual([1])
  for (const text of ['', '\uFEFF', '\uFEFF\uFEFF{}', '{}\uFEFF']) expect(() => parseJsonText(text)).toThrow()
})
