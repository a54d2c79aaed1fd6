import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'
import { day, passTime } from '../../slow/model/pass-time.ts'
import { createServiceCaller, sendCode } from '../service/service-caller.ts'

let app: TestApp
let headers: Record<string, string>

beforeAll(async () => {
  app = await startTestApp()
  headers = { authorization: `Bearer ${app.adminToken}` }
})
afterAll(() => app.stop())

const get = (path: string) => app.get(`/admin/v1${path}`, headers)
const post = (path: string, body: unknown) => app.post(`/admin/v1${path}`, body, headers)
const patch = (path: string, body: unknown) => app.request('PATCH', `/admin/v1${path}`, { body, headers })

async function createProject(wish: object = {}): Promise<string> {
  const { body } = await post('/projects', { name: 'Shop', ...wish })
  return body.projectId
}

test('the pages name every route', async () => {
  const page = ['admin', 'operators']
    .map((name) => readFileSync(new URL(`../../../../docs/${name}.md`, import.meta.url), 'utf8'))
    .join('\n')
  const { paths } = (await app.get('/openapi.json')).body as { paths: Record<string, object> }
  const routes = Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/v1'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
  const named = [...page.matchAll(/^\| `([A-Z]+ [^`]+)`/gm)].map(([, route]) => route)
  expect(named.sort()).toEqual(routes.sort())
})

describe('the admin token', () => {
  test('missing, wrong, malformed and foreign ones get one answer, and say nothing of what is there', async () => {
    const wrong = [
      {},
      { authorization: `Bearer ${app.adminToken}x` },
      { authorization: app.adminToken },
      { authorization: `Basic ${app.adminToken}` },
      { authorization: `Bearer ${app.apiKey}` },
      { 'x-api-key': app.apiKey },
    ]
    const answers = await Promise.all(
      wrong.flatMap((given) => [
        app.get('/admin/v1/projects', given),
        app.get('/admin/v1/projects/PRJ_none', given),
        app.post('/admin/v1/projects', { name: 5 }, given),
      ]),
    )
    for (const { status, body, headers } of answers) {
      expect({ status, body }).toEqual({
        status: 401,
        body: { statusCode: 401, message: 'The admin token is needed' },
      })
      expect(headers.get('www-authenticate')).toBe('Bearer')
    }
  })
})

describe('projects', () => {
  test('a new one has a key that sends at once', async () => {
    const { status, body, headers } = await post('/projects', { name: 'Shop', tokens: 3 })
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')

    const keyed = { 'x-api-key': body.apiKey, 'x-project-id': body.projectId }
    const sent = await app.post('/api/v1/otp/send', { target: 'new@example.test', channel: 'email' }, keyed)
    expect(sent.status).toBe(201)
    expect((await get(`/projects/${body.projectId}`)).body).toMatchObject({
      projectId: body.projectId,
      name: 'Shop',
      settings: { region: null, carrier: 'default', rateLimit: { requests: 600, windowSeconds: 60 } },
      tokens: { granted: 3, used: 1 },
    })
  })

  test('another one in the same workspace opens with the same keys', async () => {
    const id = await createProject()
    const { workspaceId } = (await get(`/projects/${id}`)).body
    const sibling = await createProject({ workspaceId })
    const keysOf = async (project: string) => (await get(`/projects/${project}/keys`)).body.keys.length
    expect(await keysOf(sibling)).toBe(2)
    expect(await keysOf(id)).toBe(2)
    expect((await post('/projects', { name: 'Lost', workspaceId: 'WSP_none' })).body.message).toBe(
      'workspaceId names no workspace',
    )
  })

  test('a change touches what it names, and the list shows it', async () => {
    const id = await createProject({ settings: { region: 'ci', locale: 'fr' } })
    const change = { name: 'Boutique', tokens: 7, settings: { rateLimit: null, codeSeconds: 120 } }
    const { status, body } = await patch(`/projects/${id}`, change)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      name: 'Boutique',
      tokens: { granted: 7, used: 0 },
      settings: { region: 'CI', locale: 'fr', rateLimit: null, codeSeconds: 120 },
    })
    expect((await patch(`/projects/${id}`, { tokens: null })).body.tokens.granted).toBeNull()
    const { projects } = (await get('/projects')).body
    expect(projects.find(({ projectId }: { projectId: string }) => projectId === id)).toMatchObject({
      name: 'Boutique',
    })
  })

  test('everything that is wrong is told at once, and changes nothing', async () => {
    const id = await createProject()
    const before = (await get(`/projects/${id}`)).body
    const { status, body } = await patch(`/projects/${id}`, {
      name: ' ',
      tokens: -1,
      settings: { region: 'XX', codeSeconds: 601, rateLimit: { requests: 0 }, regoin: 'CI', carrier: null },
    })
    expect(status).toBe(400)
    const parts = ['region', 'codeSeconds', 'rateLimit', 'regoin', 'carrier'].map(
      (name) => `settings.${name} `,
    )
    for (const part of ['name ', 'tokens ', ...parts]) expect(body.message).toContain(part)
    expect((await get(`/projects/${id}`)).body).toEqual(before)
    for (const settings of [[], 'x', 5, { __proto__: 5, constructor: 1 }])
      expect((await patch(`/projects/${id}`, { settings })).status).toBe(400)
  })

  test('an unknown one is 404 everywhere', async () => {
    const answers = await Promise.all([
      get('/projects/PRJ_none'),
      patch('/projects/PRJ_none', { name: 'x' }),
      get('/projects/PRJ_none/keys'),
      post('/projects/PRJ_none/keys', { name: 'x' }),
      get('/projects/PRJ_none/users'),
      get('/projects/PRJ_none/users/1'),
      post('/projects/PRJ_none/users', { email: 'ada@example.test' }),
      patch('/projects/PRJ_none/users/1', { isActive: false }),
      post('/projects/PRJ_none/businesses', { name: 'x', type: 'y' }),
      post('/projects/PRJ_none/businesses/1/members', { userId: 1 }),
      post('/projects/PRJ_none/unlock', { address: 'ada@example.test' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
  })
})

describe('keys', () => {
  test('one is shown once, listed without its text, and dead a second after it is revoked', async () => {
    const id = await createProject()
    const made = await post(`/projects/${id}/keys`, {
      name: 'checkout',
      scopes: ['otp', 'otp:read-code'],
      expiresAt: '2099-01-01T00:00:00Z',
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      name: 'checkout',
      expiresAt: '2099-01-01T00:00:00.000Z',
      revokedAt: null,
    })
    const list = await get(`/projects/${id}/keys`)
    expect(JSON.stringify(list.body)).not.toContain(made.body.apiKey)
    expect(list.body.keys.map(({ name }: { name: string }) => name)).toEqual(['Shop (first key)', 'checkout'])

    const info = () =>
      app.get('/api/v1/otp/token-info', { 'x-api-key': made.body.apiKey, 'x-project-id': id })
    expect((await info()).status).toBe(200)
    const path = `/admin/v1/projects/${id}/keys/${made.body.keyId}`
    expect((await app.request('DELETE', path, { headers })).status).toBe(204)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect((await info()).status).toBe(401)
    expect((await app.request('DELETE', path, { headers })).status).toBe(404)
  })

  test('the project of another workspace revokes nothing (K1)', async () => {
    const [mine, theirs] = [await createProject(), await createProject()]
    const [key] = (await get(`/projects/${theirs}/keys`)).body.keys
    const path = `/admin/v1/projects/${mine}/keys/${key.keyId}`
    expect((await app.request('DELETE', path, { headers })).status).toBe(404)
  })

  test('K2: one with an end works until then by the clock of the database, and shows when it was used', async () => {
    const id = await createProject()
    const [clock] = await app.db.query<{ at: Date }>("select clock_now() + interval '1 hour' as at")
    const made = await post(`/projects/${id}/keys`, { name: 'guest', expiresAt: clock?.at.toISOString() })
    const info = async () =>
      (await app.get('/api/v1/otp/token-info', { 'x-api-key': made.body.apiKey, 'x-project-id': id })).status
    const lastUse = async () => (await get(`/projects/${id}/keys`)).body.keys.at(-1).lastUsedAt
    expect(await lastUse()).toBeNull()
    expect(await info()).toBe(200)
    await until(async () => (await lastUse()) !== null)
    await app.moveClock(3_540_000)
    expect(await info()).toBe(200)
    await app.moveClock(61_000)
    await until(async () => (await info()) === 401)
  })

  test('an end in the past, an unknown scope and no name are refused', async () => {
    const id = await createProject()
    for (const wrong of [
      { expiresAt: '2001-01-01' },
      { expiresAt: 'soon' },
      // `Date` reads it as a year; PostgreSQL cannot.
      { expiresAt: '12345' },
      { scopes: ['all'] },
      { name: '' },
    ])
      expect((await post(`/projects/${id}/keys`, { name: 'x', ...wrong })).status).toBe(400)
  })
})

describe('users and businesses', () => {
  test('a user with a password is stored without it, and logs in', async () => {
    const password = 'correct horse battery'
    const agent = { type: 'AGENT', phone: '0612345678', fullName: 'Ada', agentCode: 'AG1', password }
    const { status, body } = await post(`/projects/${app.projects.kikapu}/users`, agent)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      type: 'AGENT',
      phone: '+255612345678',
      isPhoneVerified: true,
      isActive: true,
    })
    expect(JSON.stringify(body)).not.toContain(password)

    const login = () => app.post('/auth/api/agent/login/', { phoneNumber: '+255612345678', password })
    expect((await login()).status).toBe(200)
    const path = `/projects/${app.projects.kikapu}/users/${body.userId}`
    expect((await patch(path, { isActive: false })).body.isActive).toBe(false)
    expect((await login()).status).toBe(403)
    expect((await get(path)).body.isActive).toBe(false)
  })

  test('wrong fields are told together, and a taken address is a conflict', async () => {
    const id = await createProject()
    const wrong = await post(`/projects/${id}/users`, { email: 'nobody', phone: '12', passwordHash: 'md5' })
    expect(wrong.status).toBe(400)
    for (const field of ['email ', 'phone ', 'passwordHash ']) expect(wrong.body.message).toContain(field)
    expect((await post(`/projects/${id}/users`, {})).status).toBe(400)
    expect((await post(`/projects/${id}/users`, { email: 'a@example.test', businessIds: [9] })).status).toBe(
      400,
    )

    expect((await post(`/projects/${id}/users`, { email: 'Ada@Example.test' })).body.email).toBe(
      'ada@example.test',
    )
    expect((await post(`/projects/${id}/users`, { email: 'ada@example.test' })).status).toBe(409)
    expect((await post(`/projects/${id}/users`, { type: 'AGENT', email: 'ada@example.test' })).status).toBe(
      201,
    )
  })

  test('lists go on where the last page ended', async () => {
    const id = await createProject()
    for (const name of ['a', 'b', 'c']) await post(`/projects/${id}/users`, { email: `${name}@example.test` })
    const first = (await get(`/projects/${id}/users?limit=2`)).body
    const second = (await get(`/projects/${id}/users?limit=2&after=${first.next}`)).body
    const emails = [...first.users, ...second.users].map(({ email }: { email: string }) => email)
    expect(emails).toEqual(['a@example.test', 'b@example.test', 'c@example.test'])
    expect(second.next).toBeNull()
    expect((await get(`/projects/${id}/users?type=AGENT`)).body.users).toEqual([])
    for (const query of ['limit=0', 'limit=201', 'after=-1', 'type=KING'])
      expect((await get(`/projects/${id}/users?${query}`)).status).toBe(400)
  })

  test('a query that cannot be read is told what it should be', async () => {
    const refused = async (path: string) => (await get(path)).body
    const id = await createProject()
    for (const limit of ['abc', '0', '201', '1.5', '%20'])
      expect(await refused(`/projects/${id}/users?limit=${limit}`)).toEqual({
        statusCode: 400,
        message: 'limit must be a whole number from 1 to 200',
      })
    expect(await refused('/events?limit=1001&after=1')).toEqual({
      statusCode: 400,
      message:
        'after must be the id of an event, 24 hexadecimal digits; limit must be a whole number from 1 to 1000',
    })
  })

  test('a business takes members of its own project only', async () => {
    const [id, other] = [await createProject(), await createProject()]
    const store = { name: 'My Store', type: 'retailer', businessId: 123, isVerified: true }
    expect((await post(`/projects/${id}/businesses`, store)).body).toEqual(store)
    expect((await post(`/projects/${id}/businesses`, store)).status).toBe(409)
    expect((await post(`/projects/${id}/businesses`, { name: 'Next', type: 'bar' })).body.businessId).toBe(
      124,
    )
    expect((await post(`/projects/${id}/businesses`, { name: ' ', type: 'bar' })).status).toBe(400)

    const { userId } = (await post(`/projects/${id}/users`, { email: 'm@example.test' })).body
    const join = (project: string, business: number | string) =>
      post(`/projects/${project}/businesses/${business}/members`, { userId })
    expect((await join(id, 123)).body).toEqual({ businessId: 123, userId })
    expect((await join(id, 123)).status).toBe(200)
    for (const answer of [await join(other, 123), await join(id, 999), await join(id, 'x')])
      expect(answer.status).toBe(404)
  })
})

test('an address that wrong codes have locked is let in again (V4)', async () => {
  const project = app.projects.service
  const target = 'locked@example.test'
  const send = () => app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
  const verify = (code: string) => app.post('/api/v1/otp/verify', { target, code }, app.serviceHeaders)
  for (let round = 0; round < 2; round += 1) {
    await send()
    const right = await app.inbox.lastCode(target)
    for (let guess = 0; guess < 5; guess += 1) await verify(right === '000000' ? '111111' : '000000')
  }
  await send()
  expect((await verify(await app.inbox.lastCode(target).catch(() => '000000'))).body.valid).toBe(false)

  const unlocked = await post(`/projects/${project}/unlock`, { address: 'Locked@example.test' })
  expect(unlocked.body).toEqual({ address: target, unlocked: true })
  expect((await send()).status).toBe(201)
  expect((await verify(await app.inbox.lastCode(target))).body.valid).toBe(true)

  expect((await post(`/projects/${project}/unlock`, { address: 'never@example.test' })).status).toBe(404)
  expect((await post(`/projects/${project}/unlock`, { address: 'nonsense' })).status).toBe(400)
})

test('V4: thirty wrong codes in thirty days lock an address until an operator unlocks it, whatever was right meanwhile', async () => {
  const caller = await createServiceCaller(app)
  const target = 'patient@example.test'
  const succeed = async () => {
    const { code, verify } = await sendCode(caller, target)
    expect((await verify(code)).body.valid).toBe(true)
  }
  const missFive = async () => {
    const { wrong, verify } = await sendCode(caller, target)
    for (let guess = 0; guess < 5; guess += 1) await verify(wrong)
  }
  const isRefused = async () => expect((await caller.send({ target, channel: 'email' })).status).toBe(429)

  await missFive()
  await succeed()
  // Ten in total, but five in a row.
  await missFive()
  await missFive()
  await isRefused()
  await passTime(app, 9 * day)
  await succeed()
  await missFive()
  await missFive()
  await isRefused()
  await passTime(app, 9 * day)
  await succeed()
  // The thirtieth in a month, and the fifth in a row.
  await missFive()
  await isRefused()
  // Maintenance forgets addresses after a month without activity, but not this one.
  await passTime(app, 40 * day)
  await passTime(app, day)
  await isRefused()

  await post(`/projects/${caller.project.id}/unlock`, { address: target })
  await succeed()
})
