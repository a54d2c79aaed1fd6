import pino from 'pino'
import Type from 'typebox'
import { afterAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { parseOrigin } from '../../src/http/caller.ts'
import type { Dialect } from '../../src/http/dialect.ts'
import type { TrustedProxies } from '../../src/http/forwarded.ts'
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

async function start(
  parts: { trustedProxies?: TrustedProxies; exemptLoopback?: boolean },
  lines: string[] = [],
) {
  const app = createApp({
    mounts: [{ dialect: mirror, prefix: '' }],
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    metrics: createMetrics({ collectProcess: false }),
    ...parts,
  })
  closing.push(() => app.close())
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return async (forwarded?: string, name = 'x-forwarded-for') => {
    const headers = {
      'user-agent': 'probe',
      ...(forwarded === undefined ? {} : { [name]: forwarded }),
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

describe('proxies by their networks', () => {
  const local: TrustedProxies = [
    { address: '127.0.0.1', prefix: 32, family: 'ipv4' },
    { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
    { address: 'fd00::', prefix: 8, family: 'ipv6' },
  ]

  test.each([
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7, 10.0.0.2, fd00::2, ::ffff:10.1.1.1', '203.0.113.7'],
    ['6.6.6.6, 2001:db8::7, 10.0.0.2:443', '2001:db8:0:0::/64'],
    ['10.0.0.9, 10.0.0.2', '10.0.0.9'],
    ['203.0.113.7, unknown', '127.0.0.1'],
    ['', '127.0.0.1'],
    [undefined, '127.0.0.1'],
  ])('S2: of %j the last entry counts that is no proxy of ours', async (header, network) => {
    const who = await start({ trustedProxies: local })
    expect((await who(header)).network).toBe(network)
  })

  test('S2: what comes from elsewhere is not believed', async () => {
    const lines: string[] = []
    const who = await start({ trustedProxies: local.slice(1) as TrustedProxies }, lines)
    expect((await who('203.0.113.7, 10.0.0.2')).network).toBe('127.0.0.1')
    expect(warningsIn(lines)).toMatchObject([{ peer: '127.0.0.1', header: 'x-forwarded-for' }])
  })
})

const warningsIn = (lines: string[]) =>
  lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'forwarding-ignored')

describe('the log', () => {
  test.each(['x-forwarded-for', 'forwarded'])(
    'warns once of a %s that is ignored, with what to set',
    async (name) => {
      const lines: string[] = []
      const who = await start({}, lines)
      await who()
      expect(warningsIn(lines)).toEqual([])
      for (const value of ['for=203.0.113.7', '203.0.113.8']) await who(value, name)
      expect(warningsIn(lines)).toMatchObject([{ level: 40, header: name, peer: '127.0.0.1' }])
      expect(warningsIn(lines)[0].msg).toContain('set TRUST_PROXY to')
    },
  )

  test('warns of nothing behind as many proxies as TRUST_PROXY says', async () => {
    const lines: string[] = []
    const who = await start({ trustedProxies: 1 }, lines)
    await who('203.0.113.7')
    expect(warningsIn(lines)).toEqual([])
  })

  test('tells what was taken for the caller of each request', async () => {
    const lines: string[] = []
    const who = await start({ trustedProxies: 1 }, lines)
    await who('6.6.6.6, 2001:db8::7')
    await who()
    const requests = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'request')
    expect(requests.map(({ network }) => network)).toEqual(['2001:db8:0:0::/64', '127.0.0.1'])
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
    ['64:ff9b::c000:201', '192.0.2.1', false],
    ['64:ff9b::192.0.2.1', '192.0.2.1', false],
    ['64:ff9b::127.0.0.1', '127.0.0.1', false],
    ['64:ff9b:0:1::192.0.2.1', '64:ff9b:0:1::/64', false],
    ['2002:c000:201:7::9', '192.0.2.1', false],
    ['2002:7f00:1::', '127.0.0.1', false],
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
