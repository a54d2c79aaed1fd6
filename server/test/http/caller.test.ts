import pino from 'pino'
import Type from 'typebox'
import { afterAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { parseOrigin } from '../../src/http/caller.ts'
import type { Dialect } from '../../src/http/dialect.ts'
import { createMetrics } from '../../src/http/metrics.ts'

const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

const mirror: Dialect = {
  name: 'mirror',
  basePath: '/who',
  routes: [
    {
      method: 'GET',
      path: '/who',
      access: 'public',
      summary: 'Who asks',
      answers: { 200: { description: 'You.', schema: Type.Unknown() } },
      handle: async ({ caller }) => ({ status: 200, body: caller }),
    },
  ],
  renderProblem: ({ kind }) => ({ kind }),
}

async function start(parts: { trustedProxies?: number; exemptLoopback?: boolean }) {
  const app = createApp({
    mounts: [{ dialect: mirror, prefix: '' }],
    log: pino({ level: 'silent' }),
    metrics: createMetrics({ collectProcess: false }),
    ...parts,
  })
  closing.push(() => app.close())
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return async (forwarded?: string) => {
    const headers = {
      'user-agent': 'probe',
      ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
    }
    return (await (await fetch(`${base}/who`, { headers })).json()) as { network: string; isExempt: boolean }
  }
}

describe('the network of the caller', () => {
  test('S2: without trusted proxies a forged header changes nothing', async () => {
    const who = await start({})
    for (const forged of [undefined, '203.0.113.7', '::1, 203.0.113.7', 'x']) {
      expect(await who(forged)).toEqual({
        network: '127.0.0.1',
        userAgent: 'probe',
        solution: null,
        isExempt: false,
      })
    }
  })

  test('S2: with proxies it is counted from the right, so what a caller writes in front changes nothing', async () => {
    const one = await start({ trustedProxies: 1 })
    expect((await one('198.51.100.1, 203.0.113.7')).network).toBe('203.0.113.7')
    expect((await one('127.0.0.1, 203.0.113.7')).network).toBe('203.0.113.7')
    const two = await start({ trustedProxies: 2 })
    expect((await two('6.6.6.6, 203.0.113.7, 10.0.0.2')).network).toBe('203.0.113.7')
    expect((await two('203.0.113.7')).network).toBe('203.0.113.7')
  })

  test('S2: a port is cut off, and an entry that is no address falls back to the socket', async () => {
    const who = await start({ trustedProxies: 1 })
    expect((await who('203.0.113.7:4711')).network).toBe('203.0.113.7')
    expect((await who('[2001:db8::1]:4711')).network).toBe('2001:db8:0:0::/64')
    for (const broken of ['unknown', '', '203.0.113.777', '[', ',']) {
      expect((await who(broken)).network).toBe('127.0.0.1')
    }
  })

  test('S2: loopback is exempt in development only, and nobody else by saying so', async () => {
    const development = await start({ exemptLoopback: true })
    expect((await development()).isExempt).toBe(true)
    expect((await development('203.0.113.7')).isExempt).toBe(true)
    const proxied = await start({ exemptLoopback: true, trustedProxies: 1 })
    expect((await proxied('127.0.0.1, 203.0.113.7')).isExempt).toBe(false)
  })
})

describe('parseOrigin', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', false],
    ['127.8.9.10', '127.8.9.10', true],
    ['::ffff:192.0.2.1', '192.0.2.1', false],
    ['::ffff:127.0.0.1', '127.0.0.1', true],
    ['::FFFF:c000:201', '192.0.2.1', false],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1', false],
    ['::1', '0:0:0:0::/64', true],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', false],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64', false],
    ['2001:db8::', '2001:db8:0:0::/64', false],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', false],
  ])('S2: %s counts as %s', (text, network, isLoopback) => {
    expect(parseOrigin(text)).toEqual({ network, isLoopback })
  })

  test.each(['', '1.2.3', '01.2.3.4', '1.2.3.4.5', '::g', 'localhost', '1.2.3.4/8'])(
    '%j is no address',
    (text) => {
      expect(parseOrigin(text)).toBeNull()
    },
  )
})
