import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { formatApiKey, hashApiKey, hasRightChecksum } from './api-key.ts'

const text = `ww_${'-_v7'.repeat(10)}-_s_R7nHKj`

test('K2: a key is 256 bits of chance with a prefix and a checksum, and is recognised by its beginning', () => {
  const { key, prefix } = formatApiKey(Buffer.alloc(32, 0xfb))
  expect(key.reveal()).toBe(text)
  expect(prefix).toBe(text.slice(0, 9))
})

test('K2: what is stored of a key is its hash', () => {
  expect(hashApiKey(text)).toEqual(createHash('sha256').update(text).digest())
})

test.each([
  ['another prefix', `wx_${text.slice(3)}`],
  ['something before it', `x${text}`],
  ['something after it', `${text}x`],
  ['a character too few', text.slice(0, -1)],
  ['a body that is too short', text.replace('-_v7', '-_v')],
  ['a body that is too long', text.replace('-_v7', '-_v77')],
  ['a character of another alphabet', text.replace('v', '+')],
  ['one in the checksum', text.replace('_R7', '_R+')],
  ['no text', 5],
  ['a list', [text]],
  ['nothing', null],
])('K2, T5: not looked up: %s', (_, input) => {
  expect(hashApiKey(input)).toBeNull()
})

test('K2: a typing error shows in the checksum', () => {
  expect(hasRightChecksum(text)).toBe(true)
  expect(hasRightChecksum(text.replace('v7', 'v8'))).toBe(false)
  expect(hasRightChecksum(`${text.slice(0, -1)}k`)).toBe(false)
})
