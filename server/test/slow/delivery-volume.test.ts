import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSmtpCarrier } from '../../src/delivery/protocols/smtp.ts'
import { codeOf, createDeliveryWorld } from '../harness/delivery-world.ts'
import { until } from '../harness/until.ts'
import { startSmtpSink } from '../providers/smtp-sink.ts'

/*
 * The small version of `npm run bench:delivery`: lost or duplicated mail shows with few messages as well.
 */

let world: Awaited<ReturnType<typeof createDeliveryWorld>>
let sink: Awaited<ReturnType<typeof startSmtpSink>>

beforeAll(async () => {
  ;[world, sink] = await Promise.all([createDeliveryWorld(), startSmtpSink()])
})
afterAll(async () => {
  await world.stop()
  await sink.stop()
})

test('2,000 mails reach a real SMTP server, each once and with its code', { timeout: 90_000 }, async () => {
  const smtp = createSmtpCarrier({ url: `smtp://127.0.0.1:${sink.port}`, from: 'codes@shop.example' })
  const node = world.startNode({ email: [smtp] })
  const challenges = await world.commit(2_000, { channel: 'email' })

  for (const challenge of challenges) node.dispatch(challenge)
  await until(async () => (await world.countIn('accepted')) === 2_000, 60_000)

  const mails = await sink.mails()
  expect(await sink.received()).toBe(2_000)
  expect(challenges.filter((c) => mails.get(c.id)?.codes.join() !== codeOf(c))).toEqual([])
})
