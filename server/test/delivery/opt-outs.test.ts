import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ReceiptWorld, type Sent, startReceiptWorld, tokenPath } from '../harness/receipt-world.ts'
import { runCommand } from '../harness/run-command.ts'
import { until } from '../harness/until.ts'
import { twilioInbound, vonageInbound } from '../providers/provider-reports.ts'
import { type SmppPeer, startSmppPeer } from '../providers/smpp-peer.ts'

/*
 * People who answer STOP to the sender of a carrier, and START.
 */

let peer: SmppPeer
let world: ReceiptWorld
beforeAll(async () => {
  peer = await startSmppPeer({})
  const others = [
    `  twilio: {kind: twilio-sms, ${twilioInbound.settings}}`,
    `  vonage: {kind: vonage-sms, ${vonageInbound.settings}}`,
    '  infobip: {kind: infobip-sms, apiKey: infobip-key-of-tests, sender: Example}',
    '  at: {kind: africas-talking-sms, username: example, apiKey: at-key-of-tests}',
    '  orange: {kind: orange-sms, clientId: client, clientSecret: orange-secret, senderAddress: "+2250000"}',
    '  gateway: {kind: webhook, url: "https://gateway.example.test/send"}',
  ]
  world = await startReceiptWorld(
    `carriers:
  smsc: {kind: smpp, host: 127.0.0.1, port: ${peer.port}, systemId: shop, password: secret, source: "+22500000001"}
${others.join('\n')}
routes:
  sms: [smsc]
`,
  )
})
afterAll(async () => {
  await world.stop()
  await peer.stop()
})

/** What a person writes to the SMSC's number. */
const write = (from: string, message: string, to = '22500000001') =>
  new Promise<number>((resolve) => {
    const [session] = peer.sessions
    session?.deliver_sm(
      { esm_class: 0, source_addr: from, destination_addr: to, short_message: { message } },
      (response) => resolve(response.command_status),
    )
  })
let count = 0
const newPhone = (): string => {
  count += 1
  return `+919175113${String(count).padStart(3, '0')}`
}
const ask = (phone: string, app: Pick<ReceiptWorld['app'], 'post'> = world.app) =>
  app.post('/api/auth/otp/send', { mobile: phone.slice(3), countryCode: '+91', type: 'verification' })
const isSubmitted = (phone: string) => peer.submitted.filter(({ to }) => to === phone.slice(1)).length
/** So that another send is no double click. */
const later = () => world.app.moveClock(60_000)
/** The last attempt at a number. */
const lastAttempt = async (phone: string) => {
  const [row] = await world.app.db.query<{ carrier: string; outcome: string; detail: string }>(
    `select m.carrier, m.outcome, m.detail
    from messages m
    join challenges c on c.project_id = m.project_id and c.id = m.challenge_id
    where c.address = $1
    order by m.started_at desc
    limit 1`,
    [phone],
  )
  return row
}
const admin = () => ({ authorization: `Bearer ${world.app.adminToken}` })
const optOutsOf = async (phone: string) =>
  (await world.app.get(`/admin/v1/opt-outs?phone=${encodeURIComponent(phone)}`, admin())).body.optOuts

test('who answers STOP gets no SMS of this carrier any more, with the same answer as anybody, until START', async () => {
  const [phone, other] = [newPhone(), newPhone()]
  const before = await ask(phone)
  await until(() => isSubmitted(phone) === 1)

  expect(await write(phone.slice(1), 'Stop.')).toBe(0)
  await later()
  const [stopped, served] = [await ask(phone), await ask(other)]
  for (const answer of [stopped, served])
    expect([answer.status, Object.keys(answer.body)]).toEqual([before.status, Object.keys(before.body)])
  await until(async () => (await lastAttempt(phone))?.outcome === 'refused')
  expect(await lastAttempt(phone)).toEqual({
    carrier: 'smsc',
    outcome: 'refused',
    detail: 'The person answered STOP to this carrier.',
  })
  await until(() => isSubmitted(other) === 1)
  expect(isSubmitted(phone)).toBe(1)

  expect(await write(phone.slice(1), 'START')).toBe(0)
  await later()
  await ask(phone)
  await until(() => isSubmitted(phone) === 2)
  const log = world.logLines.join('\n')
  expect(log).toContain('delivery.opted-out')
  expect(log).toContain('delivery.opted-in')
})

test('another request for a code does not end a STOP, because anybody can type a number into a form', async () => {
  const phone = newPhone()
  await write(phone.slice(1), 'STOP')
  for (let round = 0; round < 2; round += 1) {
    expect((await ask(phone)).status).toBe(200)
    await later()
  }
  await until(async () => (await lastAttempt(phone))?.outcome === 'refused')
  expect(isSubmitted(phone)).toBe(0)
  expect(await optOutsOf(phone)).toHaveLength(1)
})

test.each(['STOP', 'stopall', ' Unsubscribe!', 'CANCEL', 'End', 'quit', 'ARRET', 'Arrêt', '"stop"'])(
  '%s leaves',
  async (word) => {
    const phone = newPhone()
    await write(phone.slice(1), word)
    expect(await optOutsOf(phone)).toEqual([{ carrier: 'smsc', phone, since: expect.any(String) }])
  },
)

test.each(['do not stop', 'STOP it is great', 'the end', '', 'HELP'])('%j does not leave', async (text) => {
  const phone = newPhone()
  expect(await write(phone.slice(1), text)).toBe(0)
  expect(await optOutsOf(phone)).toEqual([])
})

test.each(['START', 'unstop', 'Yes'])('%s comes back, and says nothing of who never left', async (word) => {
  const [left, stayed] = [newPhone(), newPhone()]
  await write(left.slice(1), 'STOP')
  for (const phone of [left, stayed]) expect(await write(phone.slice(1), word)).toBe(0)
  expect([await optOutsOf(left), await optOutsOf(stayed)]).toEqual([[], []])
})

test('a STOP to another number of the login is none to us, and one of no number is told to the operator', async () => {
  const phone = newPhone()
  expect(await write(phone.slice(1), 'STOP', '22500000002')).toBe(0)
  expect(await optOutsOf(phone)).toEqual([])
  expect(await write('0701', 'STOP')).toBe(0)
  expect(world.logLines.join('\n')).toContain('delivery.opt-out-unreadable')
})

test('another node keeps it too, and one that starts later', async () => {
  const phone = newPhone()
  const second = await world.app.startSecondNode()
  try {
    await write(phone.slice(1), 'STOP')
    await until(() => second.logLines.join('\n').includes('delivery.opted-out'))
    await ask(phone, second)
    await until(async () => (await lastAttempt(phone))?.outcome === 'refused')
    expect(isSubmitted(phone)).toBe(0)
    await later()
    const third = await world.app.startSecondNode()
    await ask(phone, third).finally(() => third.stop())
    expect(isSubmitted(phone)).toBe(0)
  } finally {
    await second.stop()
  }
})

describe('an operator', () => {
  test('sees who left, newest first, and lets them come back, on record', async () => {
    const [one, two] = [newPhone(), newPhone()]
    for (const phone of [one, two]) await write(phone.slice(1), 'STOP')
    const listed = await world.app.get('/admin/v1/opt-outs?carrier=smsc&limit=2', admin())
    expect(listed.body.optOuts.map(({ phone }: { phone: string }) => phone)).toEqual([two, one])
    expect((await world.app.get('/admin/v1/opt-outs?phone=nobody', admin())).status).toBe(400)
    expect((await world.app.get('/admin/v1/opt-outs')).status).toBe(401)

    const returns = () => world.logLines.filter((line) => line.includes('delivery.opted-in')).length
    const before = returns()
    const remove = () => world.app.post('/admin/v1/opt-outs/remove', { carrier: 'smsc', phone: one }, admin())
    expect((await remove()).body).toEqual({ carrier: 'smsc', phone: one, removed: true })
    expect((await remove()).status).toBe(404)
    await until(() => returns() > before)
    await ask(one)
    await until(() => isSubmitted(one) === 1)
    const events = await world.app.db.query(
      "select details from events where type = 'opt-out.removed' order by id desc limit 1",
    )
    expect(events).toEqual([{ details: { carrier: 'smsc', by: 'operator', actor: 'admin-token' } }])
  })

  test('does the same on the command line', async () => {
    const phone = newPhone()
    await write(phone.slice(1), 'STOP')
    const env = { DATABASE_URL: world.app.db.connectionString }
    const list = await runCommand(['opt-outs', 'list', '--phone', phone, '--json'], { env })
    expect(JSON.parse(list.stdout)).toMatchObject([{ carrier: 'smsc', phone }])
    expect(await runCommand(['opt-outs', 'remove', 'smsc', phone], { env })).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await runCommand(['opt-outs', 'remove', 'smsc', phone], { env })).toMatchObject({ code: 1 })
    expect(await runCommand(['opt-outs', 'list', '--phone', 'nobody'], { env })).toMatchObject({ code: 2 })
  })
})

const json = (carrier: string, body: unknown): Sent => ({
  path: tokenPath(carrier),
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const form = (carrier: string, fields: Record<string, string>): Sent => ({
  path: tokenPath(carrier),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})

/** What each provider posts when a person writes. */
const inbound: Record<string, (phone: string, text: string) => Sent> = {
  twilio: (phone, text) => twilioInbound.post('twilio', { From: phone, Body: text }),
  vonage: (phone, text) => vonageInbound.post('vonage', { msisdn: phone.slice(1), text }),
  infobip: (phone, text) =>
    json('infobip', {
      results: [
        {
          messageId: 'in-1',
          from: phone.slice(1),
          to: '22500000001',
          text,
          cleanText: text,
          keyword: 'NONE',
        },
      ],
      messageCount: 1,
      pendingMessageCount: 0,
    }),
  at: (phone, text) =>
    form('at', { id: 'in-1', from: phone, to: '22001', text, date: '2026-11-27 10:00:00', linkId: '' }),
  orange: (phone, text) =>
    json('orange', {
      inboundSMSMessageNotification: {
        callbackData: 'codes',
        inboundSMSMessage: {
          dateTime: '2026-11-27T10:00:00Z',
          destinationAddress: 'tel:+2250000',
          messageId: 'in-1',
          message: text,
          senderAddress: `tel:${phone}`,
        },
      },
    }),
  gateway: (phone, text) => json('gateway', { from: phone, text }),
}

describe.each(Object.entries(inbound))('what people write to %s', (carrier, render) => {
  test('is read: STOP, START, and anything else', async () => {
    const phone = newPhone()
    expect((await world.send(render(phone, 'hello'))).status).toBe(200)
    expect(await optOutsOf(phone)).toEqual([])
    expect((await world.send(render(phone, 'Stop'))).status).toBe(200)
    expect(await optOutsOf(phone)).toMatchObject([{ carrier, phone }])
    expect((await world.send(render(phone, 'start'))).status).toBe(200)
    expect(await optOutsOf(phone)).toEqual([])
  })

  test('changes nothing when it is forged', async () => {
    const phone = newPhone()
    const sent = render(phone, 'STOP')
    const path = sent.path.replace(/[0-9a-zA-Z_-]{40}$/, '0'.repeat(40))
    const forged =
      path === sent.path ? { ...sent, body: sent.body?.replace(/STOP/, 'STOPALL') ?? '' } : { ...sent, path }
    expect([403, 404]).toContain((await world.send(forged)).status)
    expect(await optOutsOf(phone)).toEqual([])
  })
})

test('what Twilio has understood counts, and Africa’s Talking tells who left a sender', async () => {
  const [one, two] = [newPhone(), newPhone()]
  await world.send(twilioInbound.post('twilio', { From: one, Body: 'no more please', OptOutType: 'STOP' }))
  await world.send(form('at', { senderId: 'ACME', phoneNumber: two }))
  expect(await optOutsOf(one)).toMatchObject([{ carrier: 'twilio' }])
  expect(await optOutsOf(two)).toMatchObject([{ carrier: 'at' }])
})
