import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'

let db: TestDatabase
let peer: WebhookPeer
const directory = mkdtempSync(join(tmpdir(), 'watchword-carriers-'))
beforeAll(async () => {
  db = await createTestDatabase()
  peer = await startWebhookPeer()
})
afterAll(async () => {
  await peer.stop()
  await db.drop()
  rmSync(directory, { recursive: true, force: true })
})

const run = (...parameters: string[]) =>
  runCommand(['carriers', ...parameters], {
    env: {
      DATABASE_URL: db.connectionString,
      WATCHWORD_SECRET: 'a secret for tests that is long enough, and 7 digits',
      PUBLIC_URL: 'https://codes.example.test',
      GATEWAY_URL: `${peer.url}?key=hidden-from-everyone`,
    },
  })

test('a carrier is set, listed, shown, tried out and removed, and its secret is told by none of it', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the command follows the reference.
  const set = await run('set', 'gateway', '--kind', 'webhook', '--set', 'url=${GATEWAY_URL}')
  expect(set).toMatchObject({ code: 0, stdout: 'Stored gateway (webhook), for sms, whatsapp, voice.\n' })
  expect(set.stderr).toMatch(/https:\/\/codes\.example\.test\/receipts\/gateway\/[0-9a-f]{40}/)

  const list = await run('list')
  expect(list.stdout).toMatch(/gateway +webhook +stored +sms, whatsapp, voice/)
  const show = await run('show', 'gateway')
  expect(show.stdout).toMatch(/url +…yone/)
  const tried = await run('test', 'gateway', '+2250701020304', '--json')
  expect(JSON.parse(tried.stdout)).toEqual({ carrier: 'gateway', outcome: 'accepted', detail: null })
  expect(peer.accepted).toHaveLength(1)
  expect((await run('remove', 'gateway')).stdout).toBe('Removed gateway.\n')
  expect(JSON.stringify([set, list, show, tried])).not.toContain('hidden-from-everyone')
})

test('a port that no server has taken yet stands in no URL of reports', async () => {
  const env = { DATABASE_URL: db.connectionString, WATCHWORD_DATA: directory, PORT: '0' }
  const runOpen = (...parameters: string[]) => runCommand(['carriers', ...parameters], { env })
  const gateway = ['gateway', '--kind', 'webhook', '--set', `url=${peer.url}`]
  const set = await runOpen('set', ...gateway, '--json')
  const show = await runOpen('show', 'gateway')
  expect(JSON.parse(set.stdout)).toMatchObject({ name: 'gateway', receiptUrl: null })
  expect(show.stdout).toMatch(/^reports to +unknown: PORT=0 takes a free port/m)
  expect((await runOpen('remove', 'gateway')).code).toBe(0)
})

test('numbers of a kind are numbers, and digits of a text are a text', async () => {
  const sets = [
    'host=127.0.0.1',
    'port=1',
    'systemId=12345',
    'password=hidden',
    'source=4040',
    'windowSize=5',
  ]
  const set = await run('set', 'smsc', '--kind', 'smpp', '--json', ...sets.flatMap((pair) => ['--set', pair]))
  expect(JSON.parse(set.stdout)).toMatchObject({
    settings: { port: 1, systemId: '12345', password: '…', source: '4040', windowSize: 5 },
    receiptUrl: null,
  })
  expect((await run('remove', 'smsc')).code).toBe(0)
})

test('what is wrong is said with its place', async () => {
  const wrong = await run('set', 'gateway', '--kind', 'webhook', '--set', 'url=ftp://nowhere')
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('gateway.url: ') })
  expect(wrong.stderr).not.toContain('ftp://nowhere')
  expect((await run('show', 'nobody')).stderr).toContain('There is no carrier nobody.')
  expect((await run('remove', 'nobody')).code).toBe(1)
  expect((await run('set', 'gateway', '--kind', 'webhook', '--set', 'url')).code).not.toBe(0)
})
