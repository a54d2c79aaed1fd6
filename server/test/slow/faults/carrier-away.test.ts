import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeople, type People, widenProjects } from '../../harness/people.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { startWebhookPeer, type WebhookPeer } from '../../providers/webhook-peer.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'

/*
 * The carrier fails at its first, second, … call. The sender learns no more than its document says, the message arrives
 * with the same code or ends as failed, and a token is spent once or returned (I3, I4, I5).
 */

let app: TestApp
let people: People
let gateway: WebhookPeer

beforeAll(async () => {
  gateway = await startWebhookPeer()
  app = await startTestApp({ env: { SMS_WEBHOOK_URL: gateway.url, WHATSAPP_WEBHOOK_URL: gateway.url } })
  await widenProjects(app)
  people = await createPeople(app)
})
afterAll(async () => {
  await app?.stop()
  await gateway?.stop()
})

const sendByWhatsApp = (target: string) =>
  app.post('/api/v1/otp/send', { target, channel: 'whatsapp' }, app.serviceHeaders)
const stateOf = async (address: string): Promise<unknown> =>
  (await app.db.query('select delivery_state as state from challenges where address = $1', [address]))[0]
const received = (address: string) =>
  gateway.accepted.filter(({ body }) => (body as { to: string }).to === address)

// The pause before the fourth attempt is as long as a lease: only `npm run test:faults` waits for it, and for it alone, because
// more failures would open the circuit breaker of the carrier.
for (const failures of process.env.FAULT_KILLS === undefined ? [1, 2] : [3]) {
  test(`I3 I4 I5: a carrier that fails ${failures} times at first gets the same code until it takes it`, async () => {
    const target = `+25571500000${failures}`
    let calls = 0
    gateway.answer((response) => {
      calls += 1
      response.writeHead(calls <= failures ? 503 : 202, { 'content-type': 'application/json' }).end('{}')
    })
    expect((await sendByWhatsApp(target)).status).toBe(201)
    await untilDelivered(app, 40_000)
    expect(await stateOf(target)).toEqual({ state: 'accepted' })
    expect(received(target)).toHaveLength(1)
    expect(calls).toBe(failures + 1)
    await expectInvariants({ db: app.db, gateway })
  })
}

test('S5 I3 I5: a carrier that refuses for good costs no token', async () => {
  gateway.behave('refuse-for-good')
  const target = '+255715000009'
  expect((await sendByWhatsApp(target)).status).toBe(201)
  await untilDelivered(app)
  expect(await stateOf(target)).toEqual({ state: 'failed' })
  await expectInvariants({ db: app.db, gateway })
})

test('I3 S6: a route that waits for the carrier says so when it is refused, and the next send is free', async () => {
  gateway.behave('refuse-for-good')
  const phoneNumber = await people.newTrader()
  const resend = () => app.post('/auth/api/resend-otp/', { phoneNumber })
  expect(await resend()).toMatchObject({
    status: 500,
    body: { success: false, message: 'Failed to send SMS' },
  })
  gateway.behave('accept')
  expect((await resend()).status).toBe(200)
  await untilDelivered(app)
  expect(received(phoneNumber)).toHaveLength(1)
  await expectInvariants({ db: app.db, gateway })
})

test('S5 I3 I5: a carrier that is away until the code has expired costs no token', async () => {
  const tokensUsed = async () =>
    (await app.get('/api/v1/otp/token-info', app.serviceHeaders)).body.tokensUsed as number
  gateway.behave('refuse-for-now')
  const target = '+255715000010'
  const before = await tokensUsed()
  expect((await sendByWhatsApp(target)).status).toBe(201)
  expect(await tokensUsed()).toBe(before + 1)
  await app.moveClock(300_000)
  await untilDelivered(app)
  expect(await stateOf(target)).toEqual({ state: 'expired' })
  expect(await tokensUsed()).toBe(before)
  await expectInvariants({ db: app.db, gateway })
})
