import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createConnectionCounts } from './connection-counts.ts'
import { createIsProxy } from './forwarded.ts'

const from = (remoteAddress: string) =>
  Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket

test('D5: a network has a bound on its connections, and a closed one makes room', () => {
  const counts = createConnectionCounts({ perNetworkMax: 2, isProxy: createIsProxy(0) })
  const first = from('2001:db8::1')
  expect([first, from('2001:db8::2'), from('2001:db8::3')].map(counts.add)).toEqual([true, true, false])
  expect(counts.add(from('203.0.113.7'))).toBe(true)
  first.emit('close')
  expect([from('2001:db8::4'), from('2001:db8::5')].map(counts.add)).toEqual([true, false])
})

test('loopback, where proxies of this machine come from, has none, nor has anybody behind trusted proxies', () => {
  const own = createConnectionCounts({ perNetworkMax: 1, isProxy: createIsProxy(0) })
  expect(['127.0.0.1', '::ffff:127.0.0.1', '::1', '::1'].map(from).map(own.add)).not.toContain(false)
  const proxied = createConnectionCounts({ perNetworkMax: 1, isProxy: createIsProxy(1) })
  expect(['203.0.113.7', '203.0.113.7'].map(from).map(proxied.add)).toEqual([true, true])
  const networks = [{ address: '10.0.0.0', prefix: 8, family: 'ipv4' as const }]
  const named = createConnectionCounts({ perNetworkMax: 1, isProxy: createIsProxy(networks) })
  const peers = ['10.1.1.1', '10.1.1.1', '203.0.113.7', '203.0.113.7']
  expect(peers.map(from).map(named.add)).toEqual([true, true, true, false])
})
