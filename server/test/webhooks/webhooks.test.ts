import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest'
import { recordExpiry } from '../../src/storage/stores/record-expiry.ts'
import { singleEvents } from '../../src/storage/stores/event-rows.ts'
import { startTestApp, type TestApp, testSecret } from '../harness/start-test-app.ts'
import { createTestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { startWebhookReceiver } from '../providers/webhook-receiver.ts'

let app: TestApp
let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  receiver = await startWebhookReceiver()
})
afterEach(() => receiver.stop())

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1/projects${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })

/** A project for one test, with its webhook. */
async function createProject({ path = '/hooks', url = receiver.url(path), eventTypes }: WebhookWish = {}) {
  const made = await app.post(
    '/admin/v1/projects',
    { name: 'Hooked', tokens: 10 },
    { authorization: `Bearer ${app.adminToken}` },
  )
  const { projectId, apiKey } = made.body
  const { status, body } = await admin('POST', `/${projectId}/webhooks`, { url, eventTypes })
  expect(status).toBe(201)
  const headers = { 'x-api-key': apiKey, 'x-project-id': projectId }
  return {
    projectId: projectId as string,
    webhook: body as { webhookId: string; secret: string },
    send: (target: string) => app.post('/api/v1/otp/send', { target, channel: 'email' }, headers),
    verify: (target: string, code: string) => app.post('/api/v1/otp/verify', { target, code }, headers),
    stateOf: async () => (await admin('GET', `/${projectId}/webhooks`)).body.webhooks[0],
    deliveries: async () =>
      (await admin('GET', `/${projectId}/webhooks/${body.webhookId}/deliveries`)).body.deliveries,
  }
}

type WebhookWish = { path?: string; url?: string; eventTypes?: string[] }

const types = () => receiver.received.map(({ event }) => event.type)
const wrong = (code: string) => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`

test('the life of a code is told, in bodies that the reference library verifies and that hold no code (C2)', async () => {
  const { webhook, projectId, send, verify } = await createProject()
  await send('ada@example.test')
  const code = await app.inbox.lastCode('ada@example.test')
  await verify('ada@example.test', wrong(code))
  await verify('ada@example.test', code)
  await until(() => types().includes('challenge.verified'))

  expect(webhook.secret).toMatch(/^whsec_/)
  for (const { headers, body } of receiver.received) {
    expect(() => new Webhook(webhook.secret).verify(body, headers)).not.toThrow()
    expect(() => new Webhook(webhook.secret).verify(`${body} `, headers)).toThrow()
    expect(body).not.toContain(code)
  }
  expect(types()).toEqual(['challenge.created', 'challenge.verified'])
  const [created] = receiver.received
  expect(created?.event.data).toMatchObject({ projectId, address: 'ada@example.test', channel: 'email' })
  expect(created?.headers['webhook-id']).toBe(`evt_${created?.event.data.eventId}`)
})

test('a lock, the quota and an expiry are told as well', async () => {
  const { projectId, send, verify } = await createProject()
  await send('ben@example.test')
  const code = await app.inbox.lastCode('ben@example.test')
  for (let guess = 0; guess < 5; guess += 1) await verify('ben@example.test', wrong(code))
  await until(() => types().includes('challenge.locked'))

  for (let sent = 1; sent < 10; sent += 1) await send(`ben${sent}@example.test`)
  await until(() => types().includes('quota.exhausted'))
  expect(types().filter((type) => type.startsWith('quota'))).toEqual(['quota.low', 'quota.exhausted'])

  await app.moveClock(11 * 60_000)
  await Promise.all([recordExpiry(app.db.database), recordExpiry(app.db.database)])
  await until(() => types().filter((type) => type === 'challenge.expired').length === 10)
  await recordExpiry(app.db.database)
  const [row] = await app.db.query<{ count: string }>(
    `select count(*) from ${singleEvents()} e where project_id = $1 and type = 'challenge.expired'`,
    [projectId],
  )
  expect(row?.count).toBe('10')
})

test('what fails is told again with the same id, later and later, and no sooner than it was asked to', async () => {
  receiver.answer((response, count) => {
    const status = count === 1 ? 503 : count === 2 ? 302 : 200
    response.writeHead(status, { 'retry-after': '100', location: receiver.url('/elsewhere') }).end()
  })
  const { send, deliveries, stateOf } = await createProject({ eventTypes: ['challenge.created'] })
  await send('cy@example.test')
  await until(async () => (await deliveries())[0]?.lastStatus === 503)
  const [first] = await deliveries()
  expect(Date.parse(first.nextAt) - Date.parse(first.lastAt)).toBeGreaterThanOrEqual(100_000)
  expect((await stateOf()).failingSince).not.toBeNull()

  await app.moveClock(110_000)
  await until(async () => (await deliveries())[0]?.lastStatus === 302)
  expect(receiver.ofPath('/elsewhere')).toEqual([])

  await app.moveClock(110_000)
  await until(async () => (await deliveries())[0]?.state === 'delivered')
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  expect(ids).toHaveLength(3)
  await until(async () => (await stateOf()).failingSince === null)
})

test('410 disables it at once and is an event for the others; after three days of failures it is disabled too', async () => {
  receiver.answer((response, _, path) =>
    response.writeHead(path === '/gone' ? 410 : path === '/ill' ? 500 : 200).end(),
  )
  const gone = await createProject({ path: '/gone', eventTypes: ['challenge.created'] })
  const path = `/${gone.projectId}/webhooks`
  await admin('POST', path, { url: receiver.url('/watch'), eventTypes: ['webhook.disabled'] })
  await gone.send('di@example.test')
  await until(() => receiver.ofPath('/watch').length === 1)
  expect(receiver.ofPath('/watch')[0]?.event.data).toMatchObject({
    webhookId: gone.webhook.webhookId,
    reason: 'gone',
  })
  expect(await gone.stateOf()).toMatchObject({ isEnabled: false, disabledReason: 'gone' })

  const ill = await createProject({ path: '/ill', eventTypes: ['challenge.created'] })
  await ill.send('ed@example.test')
  await until(async () => (await ill.stateOf()).failingSince !== null)
  await app.moveClock(73 * 3_600_000)
  await until(async () => !(await ill.stateOf()).isEnabled)
  expect((await ill.stateOf()).disabledReason).toBe('failing')

  // When enabled again, it gets the waiting events; missed ones are sent again by hand.
  receiver.answer((response) => response.writeHead(200).end())
  await ill.send('fay@example.test')
  await admin('PATCH', `/${ill.projectId}/webhooks/${ill.webhook.webhookId}`, { isEnabled: true })
  await app.moveClock(120_000)
  await until(async () => (await ill.deliveries())[0]?.state === 'delivered')
  const since = new Date(Date.now() + 70 * 3_600_000).toISOString()
  const replayed = await admin('POST', `/${ill.projectId}/webhooks/${ill.webhook.webhookId}/replay`, {
    from: since,
    until: new Date(Date.now() + 80 * 3_600_000).toISOString(),
  })
  expect(replayed).toMatchObject({ status: 202, body: { deliveries: 1 } })
  await until(() => receiver.ofPath('/ill').at(-1)?.event.data.address === 'fay@example.test')
})

test('while a secret is being replaced both sign, and neither stands in the database (C2)', async () => {
  const { projectId, webhook, send } = await createProject({ eventTypes: ['challenge.created'] })
  const renewed = await admin('POST', `/${projectId}/webhooks/${webhook.webhookId}/secret`)
  expect(renewed.status).toBe(201)
  await send('gus@example.test')
  await until(() => receiver.received.length === 1)
  const [{ body, headers } = { body: '', headers: {} }] = receiver.received
  // The receiver uses the database's clock, which the tests above have moved, because that clock signs (V10).
  const [clock] = await app.db.query<{ now: Date }>('select clock_now() as now')
  vi.useFakeTimers({ now: clock?.now, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  for (const secret of [webhook.secret, renewed.body.secret as string]) {
    expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
    const rows = await app.db.query<{ text: string }>(
      'select webhook_endpoints::text as text from webhook_endpoints',
    )
    const bytes = Buffer.from(secret.slice(6), 'base64').toString('hex')
    expect(rows.some(({ text }) => text.includes(secret) || text.includes(bytes))).toBe(false)
  }
})

test('a slow webhook holds up no other', async () => {
  receiver.answer((response, _, path) => {
    if (path !== '/slow') response.writeHead(200).end()
  })
  const slow = await createProject({ path: '/slow', eventTypes: ['challenge.created'] })
  await Promise.all(Array.from({ length: 8 }, (_, n) => slow.send(`slow${n}@example.test`)))
  await until(() => receiver.ofPath('/slow').length > 0)
  const quick = await createProject({ path: '/quick', eventTypes: ['challenge.created'] })
  const startedAt = performance.now()
  await quick.send('quick@example.test')
  await until(() => receiver.ofPath('/quick').length === 1)
  expect(performance.now() - startedAt).toBeLessThan(4_000)
})

test('two nodes tell each event once while all goes well', async () => {
  const other = await app.startSecondNode()
  try {
    const { send } = await createProject({ eventTypes: ['challenge.created'] })
    await Promise.all(Array.from({ length: 9 }, (_, n) => send(`pair${n}@example.test`)))
    await until(() => receiver.received.length >= 9)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(9)
    expect(receiver.received).toHaveLength(9)
  } finally {
    await other.stop()
  }
})

describe('private networks (H4)', () => {
  test('are refused unless configured, whether named in figures, by a name, or in other clothes', async () => {
    const strict = await startTestApp({ env: { WEBHOOK_PRIVATE_NETWORKS: '10.99.0.0/16' } })
    try {
      const authorization = { authorization: `Bearer ${strict.adminToken}` }
      const { projectId, apiKey } = (
        await strict.post('/admin/v1/projects', { name: 'Strict' }, authorization)
      ).body
      const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '0x7f000001']
      for (const host of hosts) {
        const wish = { url: `http://${host}:${receiver.port}/hooks`, eventTypes: ['challenge.created'] }
        const made = await strict.post(`/admin/v1/projects/${projectId}/webhooks`, wish, authorization)
        expect(made.status).toBe(201)
      }
      await strict.post(
        '/api/v1/otp/send',
        { target: 'hal@example.test', channel: 'email' },
        { 'x-api-key': apiKey, 'x-project-id': projectId },
      )
      await until(async () => {
        const rows = await strict.db.query('select 1 from webhook_deliveries where last_detail is not null')
        return rows.length === hosts.length
      })
      const details = await strict.db.query('select distinct last_detail from webhook_deliveries')
      expect(details).toEqual([{ last_detail: 'private-network' }])
      expect(receiver.received).toEqual([])
    } finally {
      await strict.stop()
    }
  })

  test('an URL with a password, or of another scheme, is none', async () => {
    const { projectId } = await createProject()
    for (const url of [
      'ftp://example.test/',
      'https://user:pass@example.test/',
      'file:///etc/passwd',
      'hooks',
    ])
      expect((await admin('POST', `/${projectId}/webhooks`, { url })).status).toBe(400)
    const wish = { url: 'https://example.test/', eventTypes: ['password.attempted'] }
    expect((await admin('POST', `/${projectId}/webhooks`, wish)).status).toBe(400)
  })
})

test('secrets outlive the master secret that they were sealed with, once a node has had both', async () => {
  const beside = {
    db: await createTestDatabase(),
    dataDirectory: mkdtempSync(join(tmpdir(), 'watchword-hooks-')),
  }
  const current = 'another secret for tests that is long enough'
  const during = <Result>(env: Record<string, string>, work: (node: TestApp) => Promise<Result>) =>
    startTestApp({ env, beside }).then((node) => work(node).finally(node.stop))
  const path = (node: TestApp) => `/admin/v1/projects/${node.projects.service}/webhooks`
  const bearer = (node: TestApp) => ({ authorization: `Bearer ${node.adminToken}` })
  try {
    const secrets = await during({}, async (node) => {
      const wish = { url: receiver.url(), eventTypes: ['challenge.created'] }
      const { body } = await node.post(path(node), wish, bearer(node))
      const renewed = await node.post(`${path(node)}/${body.webhookId}/secret`, {}, bearer(node))
      return [body.secret, renewed.body.secret]
    })
    await during({ WATCHWORD_SECRET: current, WATCHWORD_SECRET_PREVIOUS: testSecret }, async () => {})
    await during({ WATCHWORD_SECRET: current }, async (node) => {
      const send = { target: 'eve@example.test', channel: 'email' }
      expect((await node.post('/api/v1/otp/send', send, node.serviceHeaders)).status).toBe(201)
      await until(() => receiver.received.length === 1)
    })
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]]
    for (const secret of secrets) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
  } finally {
    await beside.db.drop()
    rmSync(beside.dataDirectory, { recursive: true })
  }
})
