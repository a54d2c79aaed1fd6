import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKeyStore } from '../../../src/storage/stores/api-keys.ts'
import { createProjectStore } from '../../../src/storage/stores/projects.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { atOnce, createKey, createServiceCaller, newEmail, sendCode } from './service-caller.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

describe('the same send again', () => {
  test('an idempotency key gives the first answer again, whatever changed since, and sends nothing', async () => {
    const caller = await createServiceCaller(app, { tokens: 10 })
    const body = { target: newEmail(), channel: 'email', recordId: 'a' }
    const key = { 'idempotency-key': 'k1' }
    const first = await caller.send(body, key)
    await createProjectStore(app.db.database).update(caller.project.id, { settings: { codeSeconds: 60 } })
    await new Promise((resolve) => setTimeout(resolve, 600))

    const again = await caller.send({ ...body, note: 'fields that nobody reads do not count' }, key)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(first.body).toMatchObject({ expiresIn: 300 })
    expect(await caller.challenges()).toHaveLength(1)
    expect((await caller.read('token-info')).body.tokensUsed).toBe(1)
    expect((await caller.send({ ...body, recordId: 'b' }, key)).status).toBe(422)
    expect((await caller.send({ ...body, target: newEmail() }, key)).status).toBe(422)

    await app.moveClock(24 * 3_600_000)
    const later = await caller.send(body, key)
    expect(later.status).toBe(201)
    expect(later.body).toMatchObject({ expiresIn: 60 })
    expect(later.body.recordId).not.toBe(first.body.recordId)
  })

  test('of twenty simultaneous sends with one idempotency key one is sent, and none differs from it', async () => {
    const caller = await createServiceCaller(app)
    const body = { target: newEmail(), channel: 'email' }
    const answers = await atOnce(20, () => caller.send(body, { 'idempotency-key': 'k' }))
    const sent = answers.filter(({ status }) => status === 201)
    const running = answers.filter(({ status }) => status === 409)
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.length + running.length).toBe(20)
    expect(new Set(sent.map(({ body: answered }) => answered.recordId)).size).toBe(1)
    expect(await caller.challenges()).toHaveLength(1)
    for (const { headers, body: answered } of running) {
      expect(headers.get('retry-after')).toBe('1')
      expect(answered).toEqual({
        statusCode: 409,
        message: 'A request with this Idempotency-Key is still running',
      })
    }
  })

  test('K1: an idempotency key of one project is another one in the next', async () => {
    const first = await createServiceCaller(app)
    const second = await createServiceCaller(app, { workspaceId: first.project.workspaceId })
    const body = { target: newEmail(), channel: 'email' }
    const key = { 'idempotency-key': 'k' }
    const ids = [await first.send(body, key), await second.send(body, key)].map(({ body }) => body.recordId)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('keys and projects', () => {
  test('K1: a key reaches the projects of its workspace and nothing of any other', async () => {
    const mine = await createServiceCaller(app)
    const theirs = await createServiceCaller(app)
    const { target, code } = await sendCode(theirs)
    const trespass = { 'x-project-id': theirs.project.id }
    const refused = { statusCode: 401, message: 'Invalid project ID or access denied' }

    for (const answer of [
      await mine.send({ target, channel: 'email' }, trespass),
      await mine.verify({ target, code }, trespass),
      await mine.read('records', trespass),
      await mine.read('stats', trespass),
      await mine.read('token-info', trespass),
      await mine.read('records', { 'x-project-id': 'PRJ_000000000000' }),
      await app.get('/api/v1/otp/records', { 'x-api-key': mine.key }),
    ]) {
      expect([answer.status, answer.body]).toEqual([401, refused])
    }
    expect((await mine.read('records')).body.pagination.total).toBe(0)
    expect((await mine.read('stats')).body.total).toBe(0)
    expect(await theirs.challenges()).toMatchObject([{ tries: 0, used_at: null }])

    const sibling = await createServiceCaller(app, { workspaceId: theirs.project.workspaceId })
    expect((await sibling.read('records', trespass)).body.pagination.total).toBe(1)
  })

  test('K2: no key, a wrong, malformed or revoked one and one without the scope get one answer', async () => {
    const caller = await createServiceCaller(app)
    const revoked = await createKey(app, caller.project.workspaceId)
    expect((await caller.read('stats', { 'x-api-key': revoked.key })).status).toBe(200)
    await createApiKeyStore(app.db.database).revoke(caller.project.workspaceId, revoked.id)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const unscoped = await createKey(app, caller.project.workspaceId, ['otp:read-code'])
    const mistyped = `${caller.key.slice(0, -1)}${caller.key.endsWith('A') ? 'B' : 'A'}`

    for (const key of ['', 'x', mistyped, revoked.key, unscoped.key, `${caller.key}, ${caller.key}`]) {
      for (const answer of [
        await caller.read('stats', { 'x-api-key': key }),
        await caller.send('{', { 'x-api-key': key }),
        await caller.verify({}, { 'x-api-key': key, 'content-type': 'text/plain' }),
      ])
        expect([answer.status, answer.body]).toEqual([401, { statusCode: 401, message: 'Invalid API key' }])
    }
  })

  test('K2: a key counts in its header alone', async () => {
    const { key, project } = await createServiceCaller(app)
    const query = `x-api-key=${key}&x-project-id=${project.id}&apiKey=${key}`
    expect((await app.get(`/api/v1/otp/stats?${query}`)).status).toBe(401)
    const inBody = await app.post('/api/v1/otp/send', { 'x-api-key': key, 'x-project-id': project.id })
    expect(inBody.status).toBe(401)
    const bearer = { authorization: `Bearer ${key}`, 'x-project-id': project.id }
    expect((await app.get('/api/v1/otp/stats', bearer)).status).toBe(401)
  })
})

describe('the rate limit of a project', () => {
  test('every kind of request counts, and of simultaneous ones exactly the limit is answered', async () => {
    const rateLimit = { requests: 20, windowSeconds: 60 }
    const caller = await createServiceCaller(app, { settings: { rateLimit } })
    const kinds = [
      () => caller.send({ target: newEmail(), channel: 'email' }),
      () => caller.verify({ target: 'nobody@example.com', code: '123456' }),
      () => caller.verify({ target: '5550001111', code: '123456' }),
      () => caller.read('records'),
      () => caller.read('stats'),
      () => caller.read('token-info'),
    ]
    const answers = await atOnce(60, (index) => (kinds[index % kinds.length] ?? caller.read)('stats'))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(40)
    for (const { headers, body } of refused) {
      expect(body).toEqual({ statusCode: 429, message: 'Too many requests - Rate limit exceeded' })
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
      expect(headers.get('ratelimit-policy')).toBe('"requests";q=20;w=60')
    }

    await app.moveClock(61_000)
    const { status, headers } = await caller.read('stats')
    expect([status, headers.get('ratelimit')]).toEqual([200, '"requests";r=19;t=60'])
  })

  test('a project without a limit has no RateLimit headers', async () => {
    const caller = await createServiceCaller(app, { settings: { rateLimit: null } })
    const answers = [await caller.read('stats'), await caller.send({ target: newEmail(), channel: 'email' })]
    for (const { headers } of answers) expect(headers.get('ratelimit')).toBeNull()
  })
})

describe('records and statistics', () => {
  test('records are paged and filtered, the newest first', async () => {
    const caller = await createServiceCaller(app, { settings: { region: 'US' } })
    const sent = []
    for (let count = 0; count < 5; count += 1)
      sent.push(await sendCode(caller, newEmail(), `record ${count}`))
    const noted = sent[2] as (typeof sent)[number]
    await noted.verify(noted.code)
    await caller.send({ target: '2015550123', channel: 'whatsapp' })

    const read = async (query: string) => {
      const { body } = await caller.read(`records?${query}`)
      return {
        ids: body.records.map((record: { recordId: string | null }) => record.recordId),
        pagination: body.pagination,
      }
    }
    expect((await read('')).ids).toEqual([null, 'record 4', 'record 3', 'record 2', 'record 1', 'record 0'])
    expect(await read('page=2&limit=4')).toEqual({
      ids: ['record 1', 'record 0'],
      pagination: { page: 2, limit: 4, total: 6, pages: 2 },
    })
    expect((await read('page=999999999&limit=100')).ids).toEqual([])
    expect((await read('verified=true')).ids).toEqual(['record 2'])
    expect((await read('verified=false&channel=email&limit=1')).pagination.total).toBe(4)
    expect((await read('channel=whatsapp')).ids).toEqual([null])
    expect((await read('recordId=record%204')).ids).toEqual(['record 4'])
    expect((await read(`target=${noted.target.toUpperCase()}`)).ids).toEqual(['record 2'])
    expect((await read('target=2015550123')).ids).toEqual([null])
    expect((await read('target=%2B12015550123')).ids).toEqual([null])
    expect((await read('dateFrom=1970-01-01&dateTo=9999-12-31')).pagination.total).toBe(6)
  })

  test('a bare date is its whole UTC day, and both ends of a range are included', async () => {
    const caller = await createServiceCaller(app)
    const { code, verify } = await sendCode(caller)
    await verify(code)
    await sendCode(caller)
    await sendCode(caller)
    const { records } = (await caller.read('records')).body
    const newest: string = records[0].createdAt
    const oldest: string = records[2].createdAt
    const total = async (query: string) => (await caller.read(`stats?${query}`)).body.total

    const today = newest.slice(0, 10)
    const dayBefore = new Date(Date.parse(oldest) - 24 * 3_600_000).toISOString().slice(0, 10)
    expect(await total(`dateFrom=${oldest.slice(0, 10)}&dateTo=${today}`)).toBe(3)
    expect(await total(`dateTo=${dayBefore}`)).toBe(0)
    expect(await total(`dateFrom=${oldest}&dateTo=${newest}`)).toBe(3)
    expect(await total(`dateTo=${new Date(Date.parse(oldest) - 1).toISOString()}`)).toBe(0)
    expect(await total(`dateFrom=${newest}`)).toBeLessThanOrEqual(3)
    expect(await total(`dateFrom=${encodeURIComponent(newest.replace('Z', '+00:00'))}`)).toBe(
      await total(`dateFrom=${newest.replace('Z', '')}`),
    )
    expect((await caller.read('stats')).body).toEqual({
      total: 3,
      verified: 1,
      unverified: 2,
      verificationRate: '33.33',
      byChannel: { email: 3, whatsapp: 0 },
    })
  })
})
