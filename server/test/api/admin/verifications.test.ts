import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OperatorWorld, startOperatorWorld } from '../../harness/operator-world.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

/*
 * What became of each code, as an operator finds and reads it.
 */

let world: OperatorWorld
let project: Awaited<ReturnType<OperatorWorld['createProject']>>
beforeAll(async () => {
  world = await startOperatorWorld()
  project = await world.createProject()
})
afterAll(() => world?.stop())

type Row = { verificationId: string; outcome: string; address: string }

const list = async (query = '', of = project): Promise<Row[]> => {
  const { status, body } = await world.admin('GET', `${of.path}/verifications${query}`)
  expect([query, status, body]).toEqual([query, 200, body])
  return body.verifications
}
const idsOf = async (query: string, of = project) =>
  (await list(query, of)).map(({ verificationId }) => verificationId)
const find = async (id: string, of = project) => world.admin('GET', `${of.path}/verifications/${id}`)
const typesOf = (timeline: { type: string }[]) => timeline.map(({ type }) => type)

/** The code of the newest message to somebody, from the gateway that has got it. */
const codeSentTo = (to: string): string => {
  const posts = [...world.north.peer.accepted, ...world.south.peer.accepted]
  const message = posts
    .map(({ body }) => body as { to: string; code: string })
    .findLast((body) => body.to === to)
  if (message === undefined) throw new Error(`nothing was sent to ${to}`)
  return message.code
}

describe('one verification', () => {
  test('shows when it was requested, handed over, reported, tried and verified, with carrier, cost and times', async () => {
    const target = '0712 345 678'
    const id = await project.send(target, { recordId: 'order_1' })
    await world.settled()
    const code = codeSentTo('+255712345678')
    // The clock of a node may be a moment ahead of that of the database.
    await world.app.moveClock(1_000)
    await project.verify(target, wrongCode(code), { recordId: 'order_1' })
    await world.report('north', world.north.lastId(), 'delivered')
    await project.verify(target, code, { recordId: 'order_1' })

    const { status, body } = await find(id)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      verificationId: id,
      purpose: 'service',
      channel: 'whatsapp',
      content: 'code',
      address: '+255***78',
      recordId: 'order_1',
      outcome: 'verified',
      state: 'used',
      attempts: 2,
      carrier: 'north',
      country: 'TZ',
      messages: 1,
      cost: 0.02,
      currency: 'USD',
    })
    expect(body.secondsToVerify).toBeCloseTo(
      (Date.parse(body.verifiedAt) - Date.parse(body.createdAt)) / 1000,
    )
    expect(typesOf(body.timeline)).toEqual([
      'requested',
      'handed-over',
      'attempt-failed',
      'reported',
      'verified',
    ])
    const [requested, handedOver, failed, reported] = body.timeline
    expect(requested.at).toBe(body.createdAt)
    const [key] = (await world.admin('GET', `${project.path}/keys`)).body.keys
    expect(requested.key).toEqual({ keyId: key.keyId, name: key.name })
    expect(handedOver).toMatchObject({
      attempt: 1,
      carrier: 'north',
      channel: 'whatsapp',
      country: 'TZ',
      result: 'accepted',
      carrierMessageId: world.north.lastId(),
      cost: 0.02,
    })
    expect(handedOver.milliseconds).toBeGreaterThanOrEqual(0)
    expect(failed.refusal).toBe('mismatch')
    expect(reported).toMatchObject({ carrier: 'north', result: 'delivered', detail: 'as told' })
    expect(JSON.stringify(body)).not.toContain(code)
  })

  test('shows a carrier that refused, and the one that took the message after it', async () => {
    world.north.refuse(true)
    const id = await project.send('+255712000001')
    await world.settled()
    world.north.refuse(false)
    const { body } = await find(id)
    expect(body).toMatchObject({
      outcome: 'accepted',
      state: 'live',
      carrier: 'south',
      messages: 2,
      cost: 0.03,
    })
    const handed = body.timeline.filter(({ type }: { type: string }) => type === 'handed-over')
    expect(handed).toMatchObject([
      { attempt: 1, carrier: 'north', result: 'refused', cost: 0 },
      { attempt: 2, carrier: 'south', result: 'accepted', cost: 0.03 },
    ])
  })

  test('shows that it was replaced, locked or has expired', async () => {
    const replaced = await project.send('lee@example.test')
    const locked = await project.send('lee@example.test')
    await world.settled()
    const code = await world.app.inbox.lastCode('lee@example.test')
    const { attemptsMax } = (await find(locked)).body
    for (let nth = 0; nth < attemptsMax; nth += 1)
      await project.verify('lee@example.test', wrongCode(code, nth))
    expect((await find(replaced)).body).toMatchObject({ state: 'replaced' })
    expect(typesOf((await find(replaced)).body.timeline)).toContain('replaced')
    const { body } = await find(locked)
    expect(body).toMatchObject({ state: 'locked', attempts: attemptsMax, outcome: 'accepted' })
    expect(typesOf(body.timeline).filter((type) => type === 'attempt-failed')).toHaveLength(attemptsMax)
    expect(typesOf(body.timeline).at(-1)).toBe('locked')
  })

  test('is 404 for what is no id, for an id that nobody has, and for one of another project (K1)', async () => {
    const other = await world.createProject()
    const foreign = await other.send('moe@example.test')
    for (const id of ['none', '0'.repeat(24), foreign])
      expect([id, (await find(id)).status]).toEqual([id, 404])
    expect((await find(foreign, other)).status).toBe(200)
    expect((await world.admin('GET', `/projects/PRJ_none/verifications/${foreign}`)).status).toBe(404)
  })
})

describe('the list', () => {
  test('finds by address in every spelling, by `recordId` and by id, newest first, and nothing of another project (K1)', async () => {
    const other = await world.createProject()
    const shop = await world.createProject()
    const foreign = await other.send('0754 111 222', { recordId: 'order_9' })
    const first = await shop.send('0754 111 222', { recordId: 'order_8' })
    const second = await shop.send('+255754111222', { recordId: 'order_9' })
    await shop.send('+255754111223', { recordId: 'order_7' })
    for (const spelling of ['0754111222', '0754 111 222', '+255 754 111 222', '00255754111222'])
      expect([spelling, await idsOf(`?search=${encodeURIComponent(spelling)}`, shop)]).toEqual([
        spelling,
        [second, first],
      ])
    expect(await idsOf('?search=order_9', shop)).toEqual([second])
    expect(await idsOf(`?search=${first}`, shop)).toEqual([first])
    expect(await idsOf(`?search=${first.toUpperCase()}`, shop)).toEqual([first])
    expect(await idsOf(`?search=${foreign}`, shop)).toEqual([])
    expect(await idsOf('?search=order_9', other)).toEqual([foreign])
    const mail = await shop.send('Nia.Mushi@example.test')
    expect(await idsOf(`?search=${encodeURIComponent(' nia.mushi@EXAMPLE.test ')}`, shop)).toEqual([mail])
    expect(await idsOf('?search=nia', shop)).toEqual([])
  })

  test('is narrowed by channel, carrier, country, outcome and time, also together', async () => {
    const shop = await world.createProject()
    const mail = await shop.send('ida@example.test')
    const verified = await shop.send('+255754000001')
    await world.settled()
    await shop.verify('+255754000001', codeSentTo('+255754000001'))
    const delivered = await shop.send('+255754000002')
    await world.settled()
    await world.report('north', world.north.lastId(), 'delivered')
    const lost = await shop.send('+2250701020304')
    await world.settled()
    await world.report('south', world.south.lastId(), 'undelivered')
    world.south.refuse(true)
    const failed = await shop.send('+2250701020305')
    await world.settled()
    world.south.refuse(false)

    const wanted: Record<string, string[]> = {
      '': [failed, lost, delivered, verified, mail],
      '?channel=email': [mail],
      '?channel=sms': [],
      '?carrier=north': [delivered, verified],
      '?carrier=south': [failed, lost],
      '?country=CI': [failed, lost],
      '?outcome=verified': [verified],
      '?outcome=delivered': [delivered],
      '?outcome=undelivered': [lost],
      '?outcome=failed': [failed],
      '?outcome=accepted': [mail],
      '?outcome=none': [],
      '?carrier=north&outcome=delivered&channel=whatsapp&country=TZ': [delivered],
      '?carrier=north&outcome=undelivered': [],
      '?search=%2B2250701020304&country=CI': [lost],
      '?search=%2B2250701020304&country=TZ': [],
    }
    for (const [query, ids] of Object.entries(wanted))
      expect([query, await idsOf(query, shop)]).toEqual([query, ids])
    const [newest] = (await list('', shop)) as unknown as { createdAt: string }[]
    const at = encodeURIComponent(newest?.createdAt ?? '')
    expect(await idsOf(`?from=${at}`, shop)).toEqual([failed])
    expect(await idsOf(`?until=${at}`, shop)).toEqual([lost, delivered, verified, mail])
  })

  test('goes on by its cursor until nothing is left, filtered or not', async () => {
    const shop = await world.createProject()
    const sent: string[] = []
    for (let nth = 0; nth < 5; nth += 1) sent.push(await shop.send(`jo${nth}@example.test`))
    for (const filter of ['', '&channel=email', '&search=']) {
      const query = filter === '&search=' ? '&search=jo3%40example.test' : filter
      const seen: string[] = []
      for (let after: string | null = ''; after !== null; ) {
        const from: string = after === '' ? '' : `&after=${after}`
        const { body } = await world.admin('GET', `${shop.path}/verifications?limit=2${query}${from}`)
        seen.push(...body.verifications.map(({ verificationId }: Row) => verificationId))
        after = body.next
      }
      expect([query, seen]).toEqual([query, filter === '&search=' ? [sent[3]] : sent.toReversed()])
    }
  })

  test('masks every address, and says nothing of an erased person', async () => {
    const shop = await world.createProject()
    const id = await shop.send('gone@example.test', { recordId: 'order_5' })
    expect((await list('', shop))[0]?.address).toBe('g***@example.test')
    await world.admin('POST', `${shop.path}/users/erase`, { address: 'gone@example.test' })
    expect((await find(id, shop)).body).toMatchObject({ address: null, recordId: null })
  })

  test('refuses every parameter that it cannot read, and names what it takes', async () => {
    const bad: Record<string, string> = {
      'channel=fax': 'channel',
      'outcome=lost': 'outcome',
      'country=XX': 'country must be a country of two letters',
      'country=ci': 'country must be a country of two letters',
      'search=': 'search',
      [`search=${'a'.repeat(255)}`]: 'search',
      'carrier=': 'carrier',
      'from=yesterday': 'from must be a moment',
      'until=12345': 'until must be a moment',
      'after=none': 'after must be the id of a verification',
      'limit=0': 'limit must be a whole number from 1 to 200',
      'limit=201': 'limit must be a whole number from 1 to 200',
      'limit=1e1': 'limit must be a whole number',
      'nonsense=1': 'nonsense does not exist',
      'channel=email&channel=sms': 'channel',
    }
    for (const [query, message] of Object.entries(bad)) {
      const { status, body } = await world.admin('GET', `${project.path}/verifications?${query}`)
      expect([query, status, body?.message]).toEqual([query, 400, expect.stringContaining(message)])
    }
    expect((await world.admin('GET', '/projects/PRJ_none/verifications')).status).toBe(404)
  })
})

describe('an address in full', () => {
  const eventsOf = async (of: typeof project) =>
    (await world.admin('GET', `${of.path}/events?limit=1000`)).body.events.filter(
      ({ type }: { type: string }) => type === 'address.revealed',
    )

  test('is shown for a reason, which the audit keeps (L1)', async () => {
    const shop = await world.createProject()
    const id = await shop.send('0754 333 444')
    const reason = 'ticket 4711: no code came'
    const { status, body } = await world.admin('POST', `${shop.path}/verifications/${id}/reveal`, { reason })
    expect([status, body]).toEqual([
      200,
      { verificationId: id, address: '+255754333444', target: '0754 333 444', secondAddress: null },
    ])
    expect(await eventsOf(shop)).toMatchObject([{ challengeId: id, details: { reason } }])
  })

  test('is not shown without a reason, nor for what the project does not have, and leaves no event then', async () => {
    const shop = await world.createProject()
    const id = await shop.send('0754 333 445')
    const path = `${shop.path}/verifications/${id}/reveal`
    for (const body of [
      {},
      { reason: 'short' },
      { reason: ' '.repeat(20) },
      { reason: 'x'.repeat(501) },
      { reason: 7 },
    ])
      expect([body, (await world.admin('POST', path, body)).status]).toEqual([body, 400])
    const reason = 'ticket 4711: no code came'
    const unknown = `${shop.path}/verifications/${'0'.repeat(24)}/reveal`
    expect((await world.admin('POST', unknown, { reason })).status).toBe(404)
    expect((await world.admin('POST', `${project.path}/verifications/${id}/reveal`, { reason })).status).toBe(
      404,
    )
    expect(await eventsOf(shop)).toEqual([])
  })
})
