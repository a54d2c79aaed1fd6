import { expect, test } from 'vitest'
import type { Address } from './address.ts'
import { findTestRecipient } from './test-recipient.ts'

const ada = 'ada@example.test' as Address
const until = '2026-06-01T00:00:00.000Z'
const find = (recipient: object, address: string = ada, digits = 6) => {
  const entry = { address: ada, code: '123456', until, ...recipient }
  const found = findTestRecipient({ testRecipients: [entry] }, address as Address, digits)
  return found === null ? null : { code: found.code.reveal(), until: found.until }
}

test('C4: a listed address has its own code until its day', () => {
  expect(find({})).toEqual({ code: '123456', until: new Date(until) })
})

test.each([
  ['another address', {}, 'eve@example.test', 6],
  ['a purpose whose codes are shorter', {}, ada, 5],
  ['an entry whose end is no moment', { until: 'never' }, ada, 6],
  ['an entry without an end', { until: null }, ada, 6],
])('C4: nobody else has: %s', (_, recipient, address, digits) => {
  expect(find(recipient, address, digits)).toBeNull()
})
