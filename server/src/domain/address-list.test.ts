import { expect, test } from 'vitest'
import type { Address } from './address.ts'
import { createAddressList, parseListEntry } from './address-list.ts'

test.each([
  ['\u200bAda@Example\u3002com ', 'ada@example.com'],
  ['\u202a+225\u00a007\u202c', '+22507'],
  ['+5411', '+54911'],
  ['+552187650001', '+5521987650001'],
  [' Example.COM\u00a0', 'example.com'],
  ['डाटामेल.भारत', 'xn--c2bd4bq1db8d.xn--h2brj9c'],
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['192.0.2', null],
  ['nonsense', null],
  [' '.repeat(401), null],
  [7, null],
])('%j is listed as %j', (input, entry) => {
  expect(parseListEntry(input)).toBe(entry)
})

test('S1: an entry that was kept under the other number of a phone has the phone', () => {
  const list = createAddressList(['+541133330001', '+5411', '+552187650001', '+521'])
  for (const address of ['+5491133330001', '+5491144440001', '+5521987650001', '+525512345678'])
    expect([address, list.hasAddress(address as Address)]).toEqual([address, true])
  for (const address of ['+5492234512345', '+5521987650002', '+5511987650001'])
    expect([address, list.hasAddress(address as Address)]).toEqual([address, false])
})
