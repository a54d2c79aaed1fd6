import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/* `watchword counts rebuild`, beside a server whose counts somebody has spoiled. */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

const rebuild = (...more: string[]) =>
  runCommand(['counts', 'rebuild', ...more], { env: { DATABASE_URL: app.db.connectionString } })

test('spoiled statistics and totals are right again after `counts rebuild`, which says how many counts were wrong', async () => {
  const target = 'kim@example.test'
  for (const recordId of ['one', 'two', 'three'])
    await app.post('/api/v1/otp/send', { target, channel: 'email', recordId }, app.serviceHeaders)
  const code = await app.inbox.lastCode(target)
  await app.post('/api/v1/otp/verify', { target, code, recordId: 'three' }, app.serviceHeaders)
  const read = async () => {
    const { body: stats } = await app.get('/api/v1/otp/stats', app.serviceHeaders)
    const { body: page } = await app.get('/api/v1/otp/records?limit=2&page=2', app.serviceHeaders)
    return {
      ...stats,
      ...page.pagination,
      records: page.records.map(({ recordId }: { recordId: string }) => recordId),
    }
  }
  const right = {
    total: 3,
    verified: 1,
    unverified: 2,
    verificationRate: '33.33',
    byChannel: { email: 3, whatsapp: 0 },
    page: 2,
    limit: 2,
    pages: 2,
    records: ['one'],
  }
  expect(await read()).toEqual(right)

  await app.db.query("update code_counts set count = 1 where outcome = 'sent'")
  await app.db.query("delete from code_counts where outcome = 'verified'")
  expect(await read()).not.toEqual(right)
  expect(await rebuild('--json')).toEqual({ stdout: '{"corrected":2}\n', stderr: '', code: 0 })
  expect(await read()).toEqual(right)
  expect(await rebuild()).toEqual({ stdout: 'The counts agree with the codes.\n', stderr: '', code: 0 })
})
