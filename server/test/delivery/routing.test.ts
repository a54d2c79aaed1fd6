import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DeliveryRate, judgeDemotions } from '../../src/domain/demotion.ts'
import { orderEntries, parseRouteTable, type RouteEntry } from '../../src/domain/route.ts'
import { createServiceCaller, type ServiceCaller } from '../api/service/service-caller.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'

const entry = (carrier: string, changes: Partial<RouteEntry> = {}): RouteEntry => ({
  carrier,
  to: [],
  weight: null,
  ...changes,
})

describe('the order of carriers', () => {
  const order = (
    entries: RouteEntry[],
    to = '+2250701020304',
    random = (_: string) => 0.5,
    demoted: string[] = [],
  ) =>
    orderEntries(entries, {
      to,
      region: to.startsWith('+225') ? 'CI' : 'SN',
      random,
      isDemoted: (carrier) => demoted.includes(carrier),
    }).map(({ carrier }) => carrier)

  test('is as written, without those that are for other destinations', () => {
    const entries = [
      entry('a', { to: ['SN'] }),
      entry('b', { to: ['+22507'] }),
      entry('c'),
      entry('d', { to: ['CI'] }),
    ]
    expect(order(entries)).toEqual(['b', 'c', 'd'])
    expect(order(entries, '+221771234567')).toEqual(['a', 'c'])
  })

  test('is drawn by weight among neighbours, and in no other place', () => {
    const entries = [entry('first'), entry('a', { weight: 3 }), entry('b', { weight: 1 }), entry('last')]
    const orders = Array.from({ length: 4_000 }, () => order(entries, undefined, () => Math.random() || 0.5))
    const share = orders.filter(([, second]) => second === 'a').length / orders.length
    expect(share).toBeGreaterThan(0.71)
    expect(share).toBeLessThan(0.79)
    expect(orders.every((names) => names[0] === 'first' && names[3] === 'last')).toBe(true)
  })

  test('puts demoted carriers last as they stand, but for one message of twenty', () => {
    const entries = [entry('a'), entry('b', { weight: 9 }), entry('c', { weight: 1 }), entry('d')]
    expect(order(entries, undefined, undefined, ['a', 'b'])).toEqual(['c', 'd', 'a', 'b'])
    expect(order(entries, undefined, undefined, ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd'])

    const orders = Array.from({ length: 4_000 }, () => order(entries, undefined, Math.random, ['a']))
    const share = orders.filter(([first]) => first === 'a').length / orders.length
    expect(share).toBeGreaterThan(0.03)
    expect(share).toBeLessThan(0.07)
  })

  test('names a carrier once, though it stands there for two reasons', () => {
    expect(order([entry('a', { to: ['CI'] }), entry('b'), entry('a')])).toEqual(['a', 'b'])
  })
})

describe('a carrier is demoted', () => {
  const rate = (carrier: string, delivered: number, lost: number, changes: Partial<DeliveryRate> = {}) =>
    ({ carrier, channel: 'sms', country: 'CI', delivered, lost, ...changes }) satisfies DeliveryRate
  const demoted = (...rates: DeliveryRate[]) => judgeDemotions(rates).map(({ carrier }) => carrier)

  test('when more than a fifth less arrives than by the best other of the country and channel', () => {
    expect(demoted(rate('a', 74, 26), rate('b', 95, 5))).toEqual(['a'])
    expect(demoted(rate('a', 76, 24), rate('b', 95, 5))).toEqual([])
    expect(demoted(rate('a', 74, 26), rate('b', 95, 5, { country: 'SN' }))).toEqual([])
    expect(demoted(rate('a', 74, 26), rate('b', 95, 5, { channel: 'voice' }))).toEqual([])
  })

  test('when less than half arrives and nobody else has reported', () => {
    expect(demoted(rate('a', 49, 51), rate('b', 3, 0))).toEqual(['a'])
    expect(demoted(rate('a', 51, 49))).toEqual([])
  })

  test('only for enough reports, and never for mail', () => {
    expect(demoted(rate('a', 0, 29))).toEqual([])
    expect(demoted(rate('a', 0, 30))).toEqual(['a'])
    expect(demoted(rate('a', 0, 500, { channel: 'email', country: null }))).toEqual([])
  })
})

test('everything that is wrong with routes is told at once, with its place', () => {
  const parsed = parseRouteTable({
    fax: ['a'],
    sms: [{ carrier: 'a', to: ['XX'], weight: 0, prefix: 1 }, 7],
    email: 'smtp',
  })
  const places = parsed.ok ? [] : parsed.issues.map(({ path }) => path)
  expect(places).toEqual([
    'routes.fax',
    'routes.sms[0].prefix',
    'routes.sms[0].to',
    'routes.sms[0].weight',
    'routes.sms[1]',
    'routes.email',
  ])
})

describe('the routes of a project', () => {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-routing-'))
  let peers: WebhookPeer[]
  let app: TestApp
  let env: Record<string, string>
  let caller: ServiceCaller
  const project = () => caller.project.id
  const path = () => `/admin/v1/projects/${project()}/routes`
  const admin = () => ({ authorization: `Bearer ${app.adminToken}` })
  const change = (routes: unknown) => app.request('PATCH', path(), { body: { routes }, headers: admin() })

  beforeAll(async () => {
    peers = [await startWebhookPeer(), await startWebhookPeer()]
    const file = join(directory, 'watchword.yaml')
    const carriers = ['one', 'two'].map(
      (name, index) => `  ${name}: {kind: webhook, url: "${peers[index]?.url}"}`,
    )
    const prices = 'currency: XOF\nprices: {one: 12, two: {CI: 9.5, other: 20}}'
    writeFileSync(
      file,
      `carriers:\n${carriers.join('\n')}\nroutes: {sms: [one], whatsapp: [one]}\n${prices}\n`,
    )
    app = await startTestApp({ env: { WATCHWORD_CONFIG: file } })
    caller = await createServiceCaller(app, { settings: { region: 'CI' } })
    env = {
      WATCHWORD_CONFIG: file,
      DATABASE_URL: app.db.connectionString,
      WATCHWORD_DATA: app.dataDirectory,
      WATCHWORD_SECRET: 'a secret for tests that is long enough',
    }
  })
  afterAll(async () => {
    await app.stop()
    await Promise.all(peers.map((peer) => peer.stop()))
    rmSync(directory, { recursive: true, force: true })
  })

  const send = async (target: string) =>
    expect((await caller.send({ target, channel: 'whatsapp' })).status).toBe(201)

  test('take the place of the server’s within a second, and what was sent is shown with its cost', async () => {
    await send('+2250701020301')
    await until(() => peers[0]?.accepted.length === 1)
    expect((await change({ whatsapp: [{ carrier: 'two', to: ['CI'] }, 'one'] })).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await send('+2250701020302')
    await until(() => peers[1]?.accepted.length === 1)

    const report = () => app.get(`/admin/v1/projects/${project()}/spending`, admin())
    await until(async () => (await report()).body.spending.length === 2)
    expect((await report()).body).toMatchObject({
      currency: 'XOF',
      caps: { perDay: null, perMonth: null },
      total: 21.5,
      spending: [
        { carrier: 'one', country: 'CI', channel: 'whatsapp', messages: 1, cost: 12 },
        { carrier: 'two', country: 'CI', channel: 'whatsapp', messages: 1, cost: 9.5 },
      ],
    })
    const { stdout } = await runCommand(['spending', '--project', project()], { env })
    expect(stdout).toContain('Total 21.5000 XOF')
    const metrics = (await app.get('/metrics')).body
    expect(metrics).toContain(
      'watchword_deliveries_total{carrier="two",channel="whatsapp",outcome="accepted"} 1',
    )
    expect(metrics).toContain('watchword_carrier_state{carrier="two",channel="whatsapp",country="CI"} 0')
  })

  test('are refused with the place and the fix', async () => {
    expect(await change({ sms: ['one', 'three'] })).toMatchObject({
      status: 400,
      body: { message: 'routes.sms[1] names three, which is not configured; take one or two or inbox' },
    })
    expect((await change({ email: ['one'] })).body.message).toContain(
      'routes.email[0] names one, which serves sms, whatsapp, voice and not email; take inbox',
    )
    const { stderr, code } = await runCommand(['routes', 'set', project(), 'sms', 'nobody'], {
      env,
    })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('names nobody') })
  })

  test('are set and given back on the command line', async () => {
    const set = (...carriers: string[]) =>
      runCommand(['routes', 'set', project(), 'sms', ...carriers, '--json'], { env })
    const routeOf = (stdout: string) =>
      JSON.parse(stdout).routes.find(({ channel }: { channel: string }) => channel === 'sms')

    expect(routeOf((await set('two:CI,+22507*3', 'one*1')).stdout)).toEqual({
      channel: 'sms',
      source: 'project',
      carriers: [
        { carrier: 'two', to: ['CI', '+22507'], weight: 3 },
        { carrier: 'one', to: [], weight: 1 },
      ],
    })
    expect(routeOf((await set('server')).stdout)).toEqual({
      channel: 'sms',
      source: 'server',
      carriers: [{ carrier: 'one', to: [], weight: null }],
    })
  })

  test('that name a carrier which is gone stop the next start', async () => {
    await app.db.query('insert into routes (project_id, channel, legs) values ($1, $2, $3)', [
      project(),
      'voice',
      JSON.stringify([entry('gone')]),
    ])
    await expect(app.startSecondNode()).rejects.toThrow(
      `routes.voice[0] of ${project()} names gone, which is not configured`,
    )
    await app.db.query('delete from routes where channel = $1', ['voice'])
  })
})
