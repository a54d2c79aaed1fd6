import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenPath } from '../../harness/receipt-world.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'
import { startWebhookPeer, type WebhookPeer } from '../../providers/webhook-peer.ts'

/*
 * `resend-otp` with the real dispatcher and a real gateway: it waits for the carrier's answer.
 */

let app: TestApp
let gateway: WebhookPeer
const phoneNumber = '+255712345678'

beforeAll(async () => {
  gateway = await startWebhookPeer()
  app = await startTestApp({ env: { SMS_WEBHOOK_URL: gateway.url } })
})
afterAll(async () => {
  await app?.stop()
  await gateway.stop()
})

const resend = () => app.post('/auth/api/resend-otp/', { phoneNumber })
const verify = (otp: string) => app.post('/auth/api/verify-otp/', { phoneNumber, otp })
const lastCode = (): string => {
  const post = gateway.requests.at(-1)
  if (post === undefined) throw new Error('the gateway was not asked')
  return (post.body as { code: string }).code
}

test('what the carrier refuses is a 500, its code is dead, and the next request need not wait', async () => {
  gateway.answer((response) => response.writeHead(400).end())
  const failed = await resend()
  expect(failed).toMatchObject({
    status: 500,
    body: { success: false, message: 'Failed to send SMS', reference: failed.headers.get('x-request-id') },
  })
  expect(await verify(lastCode())).toMatchObject({ status: 401, body: { message: 'OTP expired or invalid' } })

  gateway.answer((response) => response.writeHead(200).end())
  expect(await resend()).toMatchObject({ status: 200, body: { message: 'OTP resent successfully' } })
  expect(await resend()).toMatchObject({ status: 400 })
  expect(await verify(lastCode())).toMatchObject({ status: 200, body: { user: { user_type: 'BUSINESS' } } })
})

test('A3: who answered STOP is answered like anybody whose message was taken, though nothing leaves', async () => {
  await app.moveClock(61_000)
  const taken = await resend()
  expect(taken.status).toBe(200)
  const asked = gateway.requests.length
  const written = await app.post(tokenPath('webhook'), { from: phoneNumber, text: 'STOP' })
  expect(written.status).toBe(200)

  await app.moveClock(61_000)
  const stopped = await resend()
  expect([stopped.status, Object.keys(stopped.body)]).toEqual([200, Object.keys(taken.body)])
  expect(stopped.body.message).toBe(taken.body.message)
  await until(async () => {
    const [row] = await app.db.query<{ detail: string }>(
      'select detail from messages order by started_at desc limit 1',
    )
    return row?.detail === 'The person answered STOP to this carrier.'
  })
  expect(gateway.requests).toHaveLength(asked)
})
