import { expect, test } from 'vitest'
import { createEgressPolicy, createGuardedLookup } from './egress-policy.ts'

const internet = ['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8']
const inside = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.9.9.9',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  '2001:db8::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'ff02::1',
]

test('only the internet may be called, and of private networks those that are named (H4)', () => {
  const egress = createEgressPolicy([{ address: '10.1.0.0', prefix: 16, family: 'ipv4' }])
  for (const address of internet) expect([address, egress.isAllowed(address)]).toEqual([address, true])
  for (const address of inside)
    expect([address, egress.isAllowed(address)]).toEqual([address, address === '10.1.2.3'])
  expect(egress.isAllowed('::ffff:10.1.2.3')).toBe(true)
  expect(egress.isNamed('8.8.8.8')).toBe(false)
})

test('a name is refused by what it stands for, before anything is connected (H4)', async () => {
  const look = (isAllowed: boolean) =>
    new Promise<string | null>((resolve) => {
      const egress = { isAllowed: () => isAllowed, isNamed: () => false }
      createGuardedLookup(egress)('localhost', {}, (error) => resolve(error === null ? null : error.message))
    })
  expect(await look(false)).toBe('private-network')
  expect(await look(true)).toBeNull()
})
