import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReceiptWriter } from '../../src/delivery/receipts/receipt-writer.ts'
import { Unstorable } from '../../src/engine/ports/unstorable.ts'
import { createReceiptStore } from '../../src/storage/stores/receipts.ts'
import { type ReceiptWorld, startReceiptWorld, tokenPath } from '../harness/receipt-world.ts'
import { until } from '../harness/until.ts'
import {
  carrierOf,
  mailgun,
  providerReports,
  snsPlace,
  vonageFields,
  vonageSum,
  vonageToken,
} from '../providers/provider-reports.ts'
import { type SnsHost, startSnsHost } from '../providers/sns-host.ts'

let world: ReceiptWorld
let snsHost: SnsHost
beforeAll(async () => {
  snsHost = await startSnsHost()
  const carriers = providerReports.map(
    (provider) =>
      `  ${carrierOf(provider)}:\n    kind: ${provider.kind}\n    ${provider.settings.replace(snsPlace, snsHost.url)}`,
  )
  world = await startReceiptWorld(`carriers:\n${carriers.join('\n')}\nroutes:\n  sms: [inbox]\n`)
})
afterAll(async () => {
  await world.stop()
  snsHost.stop()
})

let count = 0
/** Message ids as providers write them; those of mail are in brackets. */
const newId = (kind: string): string => {
  count += 1
  return kind === 'mailgun-email' || kind === 'smtp-email'
    ? `<2026.${count}.abc@mg.example.test>`
    : `id-${kind}-${count}`
}

// In parallel: reports arrive at any time, and one that arrives before our commit waits for the next look at unmatched
// reports.
describe.concurrent.each(providerReports)('a report of $kind $signedBy', (provider) => {
  const { kind, words, report, forge } = provider
  const carrier = carrierOf(provider)
  const { sent, delivered, lost } = words

  test('moves the message it is about', async () => {
    const id = newId(kind)
    const challenge = await world.accepted(carrier, id)
    if (sent !== null) {
      expect((await world.send(report(carrier, id, sent))).status).toBe(200)
      expect(await world.stateOf(carrier, id)).toBe('sent')
    }
    expect((await world.send(report(carrier, id, delivered))).status).toBe(200)
    expect(await world.stateOf(carrier, id)).toBe('delivered')
    expect(await world.events(challenge)).toEqual([{ type: 'challenge.delivered', details: { carrier } }])
  })

  test('says that it did not arrive, and later that it did', async () => {
    const id = newId(kind)
    await world.accepted(carrier, id)
    expect((await world.send(report(carrier, id, lost))).status).toBe(200)
    expect(['undelivered', 'expired']).toContain(await world.stateOf(carrier, id))
    await world.send(report(carrier, id, delivered))
    expect(await world.stateOf(carrier, id)).toBe('delivered')
  })

  test('comes in any order, and more than once', async () => {
    const id = newId(kind)
    const challenge = await world.accepted(carrier, id)
    const words = [delivered, sent ?? lost, delivered, lost, lost]
    const answers = await Promise.all(words.map((word) => world.send(report(carrier, id, word))))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await world.stateOf(carrier, id)).toBe('delivered')
    const told = (await world.events(challenge)).filter(({ type }) => type === 'challenge.delivered')
    expect(told).toHaveLength(1)
  })

  test('changes nothing when it is forged', async () => {
    const id = newId(kind)
    await world.accepted(carrier, id)
    expect([403, 404]).toContain((await world.send(forge(carrier, id, delivered))).status)
    expect([403, 404]).toContain((await world.send({ ...forge(carrier, id, lost), headers: {} })).status)
    expect(await world.stateOf(carrier, id)).toBe('accepted')
  })

  test('changes no message of another carrier', async () => {
    const id = newId(kind)
    await world.accepted('somebody-else', id)
    expect((await world.send(report(carrier, id, delivered))).status).toBe(200)
    expect(await world.stateOf('somebody-else', id)).toBe('accepted')
  })

  test('is taken when nobody knows the message, and when nobody knows the state', async () => {
    expect((await world.send(report(carrier, newId(kind), delivered))).status).toBe(200)
    const id = newId(kind)
    await world.accepted(carrier, id)
    expect((await world.send(report(carrier, id, 'a-new-word'))).status).toBe(200)
    expect(await world.stateOf(carrier, id)).toBe('accepted')
  })

  // The signature does not affect when a report arrives.
  if (provider.signedBy === undefined)
    test('that overtakes our own commit finds its message', async () => {
      const id = newId(kind)
      await world.send(report(carrier, id, delivered))
      await world.accepted(carrier, id)
      await until(async () => (await world.stateOf(carrier, id)) === 'delivered')
    })

  test('of garbage or of too much is refused, and nothing breaks', async () => {
    const { path } = report(carrier, newId(kind), delivered)
    for (const body of ['', '{', '[]', 'null', '%%%=\u0000', `{"a":${'['.repeat(5000)}`, '\xff\xfe']) {
      for (const type of ['application/json', 'application/x-www-form-urlencoded', 'image/png']) {
        const { status } = await world.send({
          path: path.split('?')[0] ?? '',
          headers: { 'content-type': type },
          body,
        })
        expect([200, 400, 403]).toContain(status)
      }
    }
    const tooMuch = { path, headers: { 'content-type': 'application/json' }, body: 'x'.repeat(1_100_000) }
    expect((await world.send(tooMuch)).status).toBe(413)
  })
})

test('a carrier that is not there, and one that reports nothing, have no such page', async () => {
  for (const path of [
    '/receipts/nobody',
    `/receipts/nobody/${'0'.repeat(40)}`,
    '/receipts/my-vonage-sms',
    '/receipts',
  ])
    expect((await world.send({ path, body: 'x' })).status).toBe(404)
})

test('a word of Mailgun is taken with one body only, and not after its time', async () => {
  const [one, two] = [newId('mailgun-email'), newId('mailgun-email')] as const
  await world.accepted('my-mailgun-email', one)
  await world.accepted('my-mailgun-email', two)
  const words = { timestamp: String(Math.floor(Date.now() / 1000)), token: 'a'.repeat(50) }
  const first = mailgun('my-mailgun-email', one, 'delivered', words)
  expect((await world.send(first)).status).toBe(200)
  expect((await world.send(first)).status).toBe(200)
  expect((await world.send(mailgun('my-mailgun-email', two, 'delivered', words))).status).toBe(403)

  const old = { timestamp: String(Math.floor(Date.now() / 1000) - 10 * 3600) }
  expect((await world.send(mailgun('my-mailgun-email', two, 'delivered', old))).status).toBe(403)
  expect(await world.stateOf('my-mailgun-email', two)).toBe('accepted')
})

describe('a signed report of Vonage', () => {
  const signed = ['my-vonage-sms-sum', 'my-vonage-sms-token'] as const
  const form = (carrier: string, fields: Record<string, string>, query = '') => ({
    path: `/receipts/${carrier}${query}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
  const hours = (count: number) => Math.floor(Date.now() / 1000) - count * 3600
  const body = (id: string) => JSON.stringify(vonageFields(id, 'delivered'))
  const sum = (id: string) => vonageSum(id, 'delivered')
  const tokenOf = (id: string) => vonageToken(signed[1], body(id))

  test.each<[string, (id: string) => Parameters<ReceiptWorld['send']>[0]]>([
    [
      'with another state than was signed',
      (id) => form(signed[0], { ...vonageSum(id, 'failed'), status: 'delivered' }),
    ],
    ['for another message than was signed', (id) => form(signed[0], { ...sum('another'), messageId: id })],
    ['with a field that was not signed', (id) => form(signed[0], sum(id), '?more=1')],
    ['without a signature', (id) => form(signed[0], { ...sum(id), sig: '' })],
    ['of two days ago', (id) => form(signed[0], vonageSum(id, 'delivered', { timestamp: hours(48) }))],
    ['of tomorrow', (id) => form(signed[0], vonageSum(id, 'delivered', { timestamp: hours(-24) }))],
    ['without a time', (id) => form(signed[0], vonageSum(id, 'delivered', { timestamp: Number.NaN }))],
    ['by another method', (id) => form(signed[0], vonageSum(id, 'delivered', { hash: 'md5hash' }))],
    ['with another body than its token has seen', (id) => ({ ...tokenOf('another'), body: body(id) })],
    [
      'in the query of a token',
      (id) => ({
        ...vonageToken(signed[1], '{}'),
        path: `/receipts/${signed[1]}?messageId=${id}&status=delivered`,
      }),
    ],
    [
      'with a token that says nothing of a body',
      (id) => vonageToken(signed[1], body(id), { claims: { payload_hash: undefined } }),
    ],
    [
      'with a token of two days ago',
      (id) => vonageToken(signed[1], body(id), { claims: { iat: hours(48) } }),
    ],
    [
      'with a token of another account',
      (id) => vonageToken(signed[1], body(id), { claims: { api_key: 'z9y8x7w6' } }),
    ],
    ['with a token of somebody else', (id) => vonageToken(signed[1], body(id), { claims: { iss: 'Eve' } })],
    [
      'with a token that names no algorithm',
      (id) => vonageToken(signed[1], body(id), { head: { alg: 'none' } }),
    ],
    [
      'with a token whose signature was cut off',
      (id) => ({
        ...tokenOf(id),
        headers: {
          ...tokenOf(id).headers,
          authorization: `${tokenOf(id).headers?.authorization}`.replace(/[^.]+$/, ''),
        },
      }),
    ],
    [
      'with a wrong token beside the right sum',
      (id) => ({
        ...form(signed[0], sum(id)),
        headers: { authorization: 'Bearer a.b.c', 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ],
  ])('is refused %s', async (_, forged) => {
    const id = newId('vonage-sms')
    for (const carrier of signed) await world.accepted(carrier, id)
    expect((await world.send(forged(id))).status).toBe(403)
    for (const carrier of signed) expect(await world.stateOf(carrier, id)).toBe('accepted')
  })

  test('says nothing new when it is replayed', async () => {
    const id = newId('vonage-sms')
    const challenge = await world.accepted(signed[0], id)
    const [first, second] = [form(signed[0], vonageSum(id, 'accepted')), form(signed[0], sum(id))]
    for (const sent of [first, second, first, second, first]) await world.send(sent)
    expect(await world.stateOf(signed[0], id)).toBe('delivered')
    expect(await world.events(challenge)).toHaveLength(1)
  })
})

test('Meta is answered its challenge when it brings our word', async () => {
  const ask = (word: string) =>
    world.send({
      method: 'GET',
      path: `/receipts/my-meta-whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${word}`,
    })
  const word = tokenPath('my-meta-whatsapp').split('/').at(-1) ?? ''
  expect(await ask(word)).toEqual({ status: 200, text: '1158201444' })
  expect((await ask('another')).status).toBe(403)
})

describe('a challenge of which nothing arrived', () => {
  const lose = (id: string) =>
    world.send({
      path: tokenPath('my-webhook'),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, state: 'undelivered' }),
    })

  test('gives its token back, once (S5)', async () => {
    await world.app.db.query('update quotas set tokens_used = 10 where project_id = $1', [world.projectId])
    const challenge = await world.newChallenge()
    const [one, two] = [newId('webhook'), newId('webhook')] as const
    await world.accepted('my-webhook', one, challenge, 1)
    await world.accepted('my-webhook', two, challenge, 2)
    await lose(one)
    expect(await world.tokensUsed()).toBe(10)
    await Promise.all([lose(two), lose(two), lose(one)])
    await lose(two)
    expect(await world.tokensUsed()).toBe(9)
    const told = await world.events(challenge)
    expect(told.map(({ type }) => type)).toEqual(['challenge.undelivered', 'challenge.undelivered'])
  })

  test('keeps it when its code has run out or was used', async () => {
    const [late, used] = [newId('webhook'), newId('webhook')] as const
    await world.accepted('my-webhook', late, await world.newChallenge({ expiresInSeconds: -1 }))
    const challenge = await world.accepted('my-webhook', used)
    await world.app.db.query('update challenges set used_at = clock_now() where id = $1', [`\\x${challenge}`])
    const before = await world.tokensUsed()
    await Promise.all([lose(late), lose(used)])
    expect(await world.stateOf('my-webhook', late)).toBe('undelivered')
    expect(await world.tokensUsed()).toBe(before)
  })

  test('takes its next channel at once', async () => {
    const id = newId('webhook')
    const challenge = await world.accepted('my-webhook', id)
    await world.app.db.query(
      `update challenges set fallback_at = clock_now() + interval '1 hour', fallbacks = '[{"channel": "sms", "afterSeconds": 3600}]'
      where id = $1`,
      [`\\x${challenge}`],
    )
    const before = await world.tokensUsed()
    await lose(id)
    await until(async () => {
      const [row] = await world.app.db.query<{ delivery_step: number }>(
        'select delivery_step from challenges where id = $1',
        [`\\x${challenge}`],
      )
      return row?.delivery_step === 1
    })
    expect(await world.tokensUsed()).toBe(before)
  })
})

test('neither addresses nor codes of a report are kept or logged (C2)', async () => {
  const id = newId('webhook')
  await world.accepted('my-webhook', id)
  const detail = 'to +225 07 01 02 03 04 <ada@example.test>: Your code is 483920'
  const body = JSON.stringify({ id, state: 'undelivered', detail })
  await world.send({ path: tokenPath('my-webhook'), headers: { 'content-type': 'application/json' }, body })
  const [row] = await world.app.db.query<{ receipt_detail: string }>(
    'select receipt_detail from messages where carrier_message_id = $1',
    [id],
  )
  expect(row?.receipt_detail).toBe('to [removed] <[removed]>: Your code is [removed]')
  const word = tokenPath('my-webhook').split('/').at(-1) ?? ''
  expect(world.logLines.join('\n')).not.toMatch(new RegExp(`\\b483920\\b|ada@example.test|${word}`))
})

test('success rates are counted by carrier, channel and country', async () => {
  const { rows } = {
    rows: await world.app.db.query(
      'select carrier, channel, country, delivered::int, lost::int from delivery_rates where carrier = $1',
      ['my-twilio-sms'],
    ),
  }
  expect(rows).toEqual([
    { carrier: 'my-twilio-sms', channel: 'sms', country: 'CI', delivered: expect.any(Number), lost: 0 },
  ])
  expect((rows[0] as { delivered: number }).delivered).toBeGreaterThanOrEqual(4)
  const metrics = await world.app.get('/metrics')
  expect(metrics.body).toMatch(
    /watchword_receipts_total\{carrier="my-twilio-sms",channel="sms",country="CI",state="delivered"\} \d+/,
  )
})

describe('a report that cannot be stored as it came', () => {
  const carrier = 'my-webhook'
  const tell = (told: object) =>
    world.send({
      path: tokenPath(carrier),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(told),
    })

  test('is taken, for to hear it again would change nothing', async () => {
    for (const id of ['\ud800', 'a\0b', 'x'.repeat(201), '\udc00x'])
      expect((await tell({ id, state: 'delivered' })).status).toBe(200)
  })

  test('is kept with the words that can be stored, whole characters of them', async () => {
    const id = newId('webhook')
    await world.accepted(carrier, id)
    const detail = `${'x'.repeat(187)}😀😀`
    expect((await tell({ id, state: 'undelivered', detail: `\ud800 \0 ${detail}` })).status).toBe(200)
    expect(
      (await tell({ id: newId('webhook'), state: 'undelivered', detail: `${'x'.repeat(199)}😀` })).status,
    ).toBe(200)
    expect(await world.stateOf(carrier, id)).toBe('undelivered')
  })

  test('takes none of its batch with it', async () => {
    const receipt = (carrierMessageId: string) =>
      ({ carrier, carrierMessageId, state: 'delivered', detail: null }) as const
    const faults: unknown[] = []
    const applied: string[] = []
    const writer = createReceiptWriter({
      store: {
        async apply(receipts) {
          if (receipts.some(({ carrierMessageId }) => carrierMessageId === 'bad'))
            throw new Unstorable('no value')
          applied.push(...receipts.map(({ carrierMessageId }) => carrierMessageId))
          return []
        },
        applyUnmatched: async () => [],
      },
      onChange: () => {},
      onFault: (fault) => faults.push(fault),
    })
    await Promise.all([
      writer.write([receipt('one')]),
      writer.write([receipt('bad'), receipt('two')]),
      writer.write([receipt('three')]),
    ])
    expect(applied).toEqual(['one', 'two', 'three'])
    expect(faults).toHaveLength(1)
  })

  test('is named so by the store, which applies none of them', async () => {
    const store = createReceiptStore(world.app.db.database)
    const receipt = { carrier, carrierMessageId: 'a\0b', state: 'delivered', detail: null } as const
    await expect(store.apply([receipt])).rejects.toBeInstanceOf(Unstorable)
  })
})
