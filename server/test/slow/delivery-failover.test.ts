import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { vonageSms } from '../../src/delivery/kinds/vonage-sms.ts'
import { createWebhookCarrier } from '../../src/delivery/protocols/webhook.ts'
import { createCircuitBreakers } from '../../src/delivery/queue/circuit-breakers.ts'
import { createRoutesOf } from '../../src/delivery/queue/routes.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { Secret } from '../../src/domain/secret.ts'
import { codeOf, createDeliveryWorld } from '../harness/delivery-world.ts'
import { sleep, until } from '../harness/until.ts'
import { startWebhookPeer } from '../providers/webhook-peer.ts'

/*
 * A failing carrier first, a healthy one second, with the product's own times: five seconds for an attempt, ten for a
 * message that may still arrive. Over real sockets, on the real outbox.
 */

let world: Awaited<ReturnType<typeof createDeliveryWorld>>

beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world.stop())

type Answer = (response: http.ServerResponse) => void

/** A provider that answers every request. */
async function startSick(answer: Answer) {
  let calls = 0
  const server = http.createServer((request, response) => {
    calls += 1
    request.resume().on('end', () => answer(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const webhookAt = (url: string, name: string) => createWebhookCarrier({ channels: ['sms'], url, name })

/** Sends `count` codes over two seconds by `sick`, then `healthy`, and returns when each arrived. */
async function sendPast(sick: ReturnType<typeof webhookAt>, count: number, withinMilliseconds: number) {
  const gateway = await startWebhookPeer()
  const arrivedAt = new Map<string, number>()
  const gatewayCarrier = webhookAt(gateway.url, 'healthy')
  const healthy = {
    ...gatewayCarrier,
    async deliver(...[message, signal]: Parameters<typeof gatewayCarrier.deliver>) {
      const answer = await gatewayCarrier.deliver(message, signal)
      if (!arrivedAt.has(message.challengeId)) arrivedAt.set(message.challengeId, Date.now())
      return answer
    },
  }
  const node = world.startNode({ sms: [sick, healthy] })
  const sent: Challenge[] = []
  const sentAt = new Map<string, number>()
  for (let turn = 0; turn < 20; turn += 1) {
    for (const challenge of await world.commit(count / 20)) {
      sentAt.set(challenge.id, Date.now())
      sent.push(challenge)
      node.dispatch(challenge)
    }
    await sleep(100)
  }
  await until(() => arrivedAt.size === count, withinMilliseconds)
  await until(async () => {
    const messages = await world.messages()
    return sent.every(({ id }) => messages.some((m) => m.id === id && m.outcome === 'accepted'))
  })
  const messages = (await world.messages()).filter(({ id }) => sentAt.has(id))
  await gateway.stop()
  return {
    milliseconds: sent
      .map(({ id }) => (arrivedAt.get(id) ?? 0) - (sentAt.get(id) ?? 0))
      .sort((a, b) => a - b),
    codes: new Map(gateway.accepted.map(({ body }) => [Object(body).id, Object(body).code])),
    sent,
    deliveries: gateway.accepted.length,
    healthyOutcomes: new Set(
      messages.filter(({ carrier }) => carrier === 'healthy').map(({ outcome }) => outcome),
    ),
  }
}

const p99 = (sorted: number[]): number =>
  sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY

function expectAllArrived(result: Awaited<ReturnType<typeof sendPast>>, p99MillisecondsMax: number): void {
  expect(result.deliveries).toBe(result.sent.length)
  expect(result.sent.filter((challenge) => result.codes.get(challenge.id) !== codeOf(challenge))).toEqual([])
  expect(result.healthyOutcomes).toEqual(new Set(['accepted']))
  expect(p99(result.milliseconds)).toBeLessThan(p99MillisecondsMax)
}

describe.concurrent('with the first carrier of a route sick, the code arrives by the second', () => {
  test('when it is dead', async () => {
    const dead = await startSick(() => {})
    await dead.stop()
    expectAllArrived(await sendPast(webhookAt(dead.url, 'dead'), 200, 10_000), 8_000)
  })

  test('when it throttles, and then it is left in peace', async () => {
    const throttling = await startSick(
      (response) => void response.writeHead(429, { 'retry-after': '60' }).end(),
    )
    expectAllArrived(await sendPast(webhookAt(throttling.url, 'throttling'), 200, 10_000), 8_000)
    expect(throttling.calls()).toBeLessThan(100)
    await throttling.stop()
  })

  test('when it answers 200 with an error in the body', async () => {
    const body = '{"message-count":"1","messages":[{"status":"1","error-text":"Throughput Rate Exceeded"}]}'
    const failing = await startSick(
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    )
    const carrier = vonageSms.create(
      {
        apiKey: 'abcd1234',
        apiSecret: new Secret('secretsecret'),
        sender: 'Acme',
        signatureMethod: 'sha256',
        baseUrl: failing.url,
      },
      { name: 'failing', log: { error: () => {} } },
    )
    expectAllArrived(await sendPast(carrier, 200, 10_000), 8_000)
    expect(failing.calls()).toBeLessThan(100)
    await failing.stop()
  })

  test('when it takes 30 seconds', { timeout: 40_000 }, async () => {
    const slow = await startSick(
      (response) => void setTimeout(() => response.writeHead(202).end(), 30_000).unref(),
    )
    expectAllArrived(await sendPast(webhookAt(slow.url, 'slow'), 100, 30_000), 20_000)
    // It got each message once, before its state could be known, and none twice.
    expect(slow.calls()).toBeLessThanOrEqual(100)
    await slow.stop()
  })
})

// Each alone with its challenges: a node takes over whatever waits.
describe('a carrier', () => {
  beforeEach(async () => {
    await world.stopNodes()
    for (const table of ['messages', 'challenges']) await world.db.query(`delete from ${table}`)
  })

  test('that is sick and has half of the traffic is asked for less than half of it', async () => {
    const failing = await startSick((response) => void response.writeHead(503).end())
    const gateway = await startWebhookPeer()
    const carriers = {
      failing: webhookAt(failing.url, 'failing'),
      healthy: webhookAt(gateway.url, 'healthy'),
    }
    const routes = createRoutesOf({
      table: {
        sms: [
          { carrier: 'failing', to: [], weight: 1 },
          { carrier: 'healthy', to: [], weight: 1 },
        ],
      },
      carrierNamed: (name) => carriers[name as keyof typeof carriers],
      close: async () => {},
    })
    const node = world.startNode(routes)
    for (let turn = 0; turn < 10; turn += 1) {
      for (const challenge of await world.commit(40)) node.dispatch(challenge)
      await sleep(50)
    }
    await until(() => gateway.accepted.length === 400)

    expect(failing.calls()).toBeGreaterThan(0)
    expect(failing.calls()).toBeLessThan(200)
    await Promise.all([failing.stop(), gateway.stop()])
  })

  test('that comes back after a rest is asked again', async () => {
    const gateway = await startWebhookPeer()
    gateway.behave('refuse-for-now')
    const breakers = createCircuitBreakers({ openMilliseconds: 200 })
    const node = world.startNode({ sms: [webhookAt(gateway.url, 'only')] }, { breakers })
    for (const challenge of await world.commit(20)) node.dispatch(challenge)
    await until(() => breakers.list()[0]?.state === 'open')

    gateway.behave('accept')
    await until(() => gateway.accepted.length === 20, 15_000)
    expect(breakers.list()[0]?.state).toBe('closed')
    await gateway.stop()
  })

  test('I4: that was down for five minutes, and then is back, gets nothing whose code has expired', async () => {
    const gateway = await startWebhookPeer()
    gateway.behave('refuse-for-now')
    const breakers = createCircuitBreakers({ openMilliseconds: 100 })
    const node = world.startNode({ sms: [webhookAt(gateway.url, 'down')] }, { breakers })
    const late = await world.commit(50)
    for (const challenge of late) node.dispatch(challenge)
    // Each has been refused or delayed once, and waits for its next attempt.
    await until(async () => new Set((await world.messages()).map(({ id }) => id)).size === 50)

    await world.db.moveClock(301_000)
    gateway.behave('accept')
    const fresh = await world.commit(5)
    for (const challenge of fresh) node.dispatch(challenge)

    const ids = new Set(late.map(({ id }) => id as string))
    await until(async () => {
      const states = await world.db.query<{ id: string; delivery_state: string }>(
        "select encode(id, 'hex') as id, delivery_state from challenges where delivery_state = 'expired'",
      )
      return states.filter(({ id }) => ids.has(id)).length === 50
    }, 15_000)
    await until(() => gateway.accepted.length === 5, 15_000)
    const arrived = gateway.accepted.map(({ body }) => Object(body).id)
    expect(arrived.filter((id) => ids.has(id))).toEqual([])
    await gateway.stop()
  })

  test('is not asked for a code that a newer one has replaced, and its token comes back', async () => {
    const gateway = await startWebhookPeer()
    await world.commit(1)
    await world.db.query(
      "update challenges set superseded_at = clock_now(), leased_until = clock_now() - interval '1 second'",
    )
    await world.db.query('update quotas set tokens_used = 10')
    world.startNode({ sms: [webhookAt(gateway.url, 'any')] })
    await until(async () => (await world.countIn('expired')) === 1)

    expect(gateway.requests).toEqual([])
    expect(await world.db.query('select tokens_used::integer from quotas')).toEqual([{ tokens_used: 9 }])
    await gateway.stop()
  })
})
