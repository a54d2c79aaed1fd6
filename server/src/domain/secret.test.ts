import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

test('C2: a secret prints itself nowhere, and is told only when it is asked for', () => {
  const secret = new Secret('123456')
  expect(`${secret}`).toBe('[secret]')
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}')
  expect(inspect({ secret })).toBe('{ secret: [secret] }')
  expect(secret.reveal()).toBe('123456')
})
