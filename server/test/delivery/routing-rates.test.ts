import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atOnce, createServiceCaller, type ServiceCaller } from '../api/service/service-caller.ts'
import { tokenPath } from '../harness/receipt-world.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'

const directory = mkdtempSync(join(tmpdir(), 'watchword-rates-'))
const env: Record<string, string> = { WATCHWORD_CONFIG: join(directory, 'watchword.yaml') }
const logLines: string[] = []
let first: WebhookPeer
let second: WebhookPeer
let app: TestApp
let caller: ServiceCaller

beforeAll(async () => {
  ;[first, second] = [await startWebhookPeer(), await startWebhookPeer()]
  for (const [name, peer] of Object.entries({ first, second })) {
    let count = 0
    peer.answer((response) => {
      count += 1
      response.writeHead(202, { 'content-type': 'application/json' }).end(`{"id":"${name}-${count}"}`)
    })
  }
  // The first is the environment's gateway, which has one name for all channels in records and receipts.
  env.WHATSAPP_WEBHOOK_URL = first.url
  writeFileSync(
    join(directory, 'watchword.yaml'),
    `carriers: {second: {kind: webhook, url: "${second.url}"}}\nroutes: {whatsapp: [webhook, second]}\n`,
  )
  app = await startTestApp({ env, logLines })
  caller = await createServiceCaller(app, { settings: { region: 'CI' } })
})
afterAll(async () => {
  await app.stop()
  await Promise.all([first.stop(), second.stop()])
  rmSync(directory, { recursive: true, force: true })
})

let sends = 0
const send = async (): Promise<void> => {
  sends += 1
  const { status } = await caller.send({ target: `+225070102${1_000 + sends}`, channel: 'whatsapp' })
  expect(status).toBe(201)
}
const report = (id: string, state: string) => app.post(tokenPath('webhook'), { id, state })
const demotionOf = async (name: string) => {
  const { body } = await app.get(`/admin/v1/carriers/${name}`, {
    authorization: `Bearer ${app.adminToken}`,
  })
  return body.rates.map(({ demotion }: { demotion: unknown }) => demotion)
}
const isLogged = (event: string) => logLines.some((line) => line.includes(`"${event}"`))

test('a carrier whose messages do not arrive comes last, which is shown, and first again two hours later', async () => {
  await atOnce(30, send)
  await until(() => first.accepted.length === 30)
  await atOnce(30, (index) => report(`first-${index + 1}`, 'undelivered'))
  await until(() => isLogged('delivery.carrier-demoted'))

  // One message in twenty still probes the first carrier, so five are enough to see the second.
  for (let turn = 0; turn < 5; turn += 1) await send()
  await until(() => second.accepted.length + first.accepted.length === 35)
  expect(second.accepted.length).toBeGreaterThan(0)

  expect(await demotionOf('webhook')).toEqual([{ successRate: 0, expectedRate: 0.7 }])
  const { stdout } = await runCommand(['carriers', 'list'], {
    env: { ...env, DATABASE_URL: app.db.connectionString, WATCHWORD_SECRET: app.config.secret.reveal() },
  })
  expect(stdout).toMatch(/webhook .* last: 0 % of late, not 70 %/)

  await app.moveClock(2 * 3_600_000)
  await until(() => isLogged('delivery.carrier-restored'))
  const before = second.accepted.length
  for (let turn = 0; turn < 5; turn += 1) await send()
  await until(() => first.accepted.length + second.accepted.length === 40)
  expect(second.accepted.length).toBe(before)
  expect(await demotionOf('webhook')).toEqual([null])
})
