import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import { startWebhookReceiver } from '../providers/webhook-receiver.ts'

let app: TestApp
let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>
beforeAll(async () => {
  app = await startTestApp()
  receiver = await startWebhookReceiver()
})
afterAll(async () => {
  await app.stop()
  await receiver.stop()
})

const run = (...parameters: string[]) =>
  runCommand(parameters, {
    env: {
      DATABASE_URL: app.db.connectionString,
      WATCHWORD_SECRET: 'a secret for tests that is long enough',
    },
  })

async function runJson(...parameters: string[]) {
  const { stdout, stderr, code } = await run('webhooks', ...parameters, '--json')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return JSON.parse(stdout)
}

test('a webhook that the command line makes is told by the server, what was before it by a replay', async () => {
  const project = app.projects.service
  const send = (target: string) =>
    app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
  await send('before@example.test')

  const made = await runJson('create', project, receiver.url(), '--events', 'challenge.created')
  await send('after@example.test')
  await until(() => receiver.received.length === 1)
  const [first] = receiver.received
  if (first === undefined) throw new Error('nothing was received')
  expect(first.event.data.address).toBe('after@example.test')
  expect(() => new Webhook(made.secret).verify(first.body, first.headers)).not.toThrow()

  const { webhookId } = made
  expect(await runJson('list', project)).toEqual([expect.not.objectContaining({ secret: expect.anything() })])
  const [delivery] = await runJson('deliveries', project, webhookId, '--state', 'delivered')
  expect(delivery).toMatchObject({ type: 'challenge.created', attempts: 1, lastStatus: 204 })

  expect(await runJson('replay', project, webhookId, '--event', delivery.eventId)).toEqual({ deliveries: 1 })
  await until(() => receiver.received.length === 2)
  expect(receiver.received[1]?.headers['webhook-id']).toBe(first.headers['webhook-id'])

  const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
  expect(await runJson('replay', project, webhookId, '--from', hourAgo)).toEqual({ deliveries: 2 })
  await until(() => receiver.received.some(({ event }) => event.data.address === 'before@example.test'))

  const renewed = await runJson('update', project, webhookId, '--new-secret')
  expect(renewed.secret).not.toBe(made.secret)
  expect(await runJson('update', project, webhookId, '--disable')).toMatchObject({ isEnabled: false })
  expect(await runJson('delete', project, webhookId)).toEqual({ webhookId, deleted: true })
  expect(await runJson('list', project)).toEqual([])
})

test('what is wrong is said, and nothing is done', async () => {
  const project = app.projects.service
  const wrong = [
    ['create', project, 'ftp://example.test/'],
    ['create', project, receiver.url(), '--events', 'password.attempted'],
    ['update', project, 'WHK_000000000000', '--disable'],
    ['replay', project, 'WHK_000000000000', '--event', '70db37800000a1b2c3d4e5f6'],
    ['replay', project, 'WHK_000000000000'],
    ['delete', project, 'WHK_000000000000'],
  ]
  const results = await Promise.all(wrong.map((parameters) => run('webhooks', ...parameters)))
  for (const { stdout, stderr, code } of results) {
    expect(stdout).toBe('')
    expect(stderr).not.toBe('')
    expect(code).not.toBe(0)
  }
  const withoutSecret = await runCommand(['webhooks', 'create', project, receiver.url()], {
    env: { DATABASE_URL: app.db.connectionString, WATCHWORD_DATA: '/nonexistent' },
  })
  expect(withoutSecret.stderr).toContain('WATCHWORD_SECRET')
  expect(withoutSecret.code).not.toBe(0)
})

test('a secret that was sealed with what development keeps, and not with the server, is told as such', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-kept-'))
  const env = { DATABASE_URL: app.db.connectionString, WATCHWORD_DATA: directory }
  const setCarrier = ['carriers', 'set', 'gateway', '--kind', 'webhook', '--set', `url=${receiver.url()}`]
  expect((await runCommand(setCarrier, { env })).stderr).toContain('WATCHWORD_SECRET is not set')

  writeFileSync(join(directory, 'secret'), 'another secret than that of the server\n')
  const create = ['webhooks', 'create', app.projects.mobile, receiver.url(), '--json']
  const { stdout, stderr } = await runCommand(create, { env })
  rmSync(directory, { recursive: true })
  expect(stderr).toContain(`sealed with that of development in ${join(directory, 'secret')}`)

  await app.post('/api/auth/otp/send', { type: 'verification', mobile: '+919175113022' })
  const { webhookId } = JSON.parse(stdout)
  await until(async () => {
    const [delivery] = await runJson('deliveries', app.projects.mobile, webhookId)
    return delivery?.lastDetail?.includes('--new-secret')
  })
})
