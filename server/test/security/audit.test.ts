import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderEventCatalogue } from '../../src/admin/render-catalogue.ts'
import { createAuditWorld, type Line, auditPassword as password, typesOf } from '../harness/audit-world.ts'
import type { TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'

let app: TestApp
const { start, run, exportOf, ownOf, createProject, expectMaskedLog } = createAuditWorld()
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.stop())

const count = (lines: Line[], type: string): number => lines.filter((line) => line.type === type).length
const wrong = (code: string) => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`

test('the pages hold the catalogue of the code', () => {
  const page = (name: string) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8')
  expect(page('webhooks')).toContain(renderEventCatalogue({ isPublic: true }))
  expect(page('audit')).toContain(renderEventCatalogue({ isPublic: false }))
})

describe('every change is recorded once (L1, I10)', () => {
  test('sends, refusals, guesses, locks and deliveries of codes', async () => {
    const project = await createProject()
    const to = 'kim@example.test'
    await project.send(to)
    const code = await app.inbox.lastCode(to)
    for (let guess = 0; guess < 5; guess += 1) await project.verify(to, wrong(code))
    await project.verify(to, code)
    for (let sent = 0; sent < 5; sent += 1) await project.send(to)
    await project.verify(to, await app.inbox.lastCode(to))
    await project.verify('nobody@example.test', '123456')

    const lines = await exportOf(project.id)
    const of = (type: string) => lines.filter((line) => line.type === type)
    expect(count(lines, 'challenge.created')).toBe(5)
    expect(of('challenge.refused').map(({ details }) => details.refusal)).toEqual(['too-many-sends'])
    expect(of('challenge.attempt-failed').map(({ details }) => details.refusal)).toEqual([
      ...Array.from({ length: 5 }, () => 'mismatch'),
      'locked',
      'unknown',
    ])
    expect(count(lines, 'challenge.locked')).toBe(1)
    expect(count(lines, 'challenge.verified')).toBe(1)
    expect(count(lines, 'challenge.accepted')).toBe(5)
    expect(typesOf(lines)[0]).toBe('project.created')
    expect(count(lines, 'key.created')).toBe(1)
    expect(lines.every(({ address }) => address === null || /^\w\*\*\*@/.test(address))).toBe(true)
  })

  test('twenty simultaneous guesses are twenty events, one of them a success', async () => {
    const project = await createProject()
    await project.send('lee@example.test')
    const code = await app.inbox.lastCode('lee@example.test')
    await Promise.all(Array.from({ length: 20 }, () => project.verify('lee@example.test', code)))
    const lines = await exportOf(project.id)
    expect(count(lines, 'challenge.verified')).toBe(1)
    expect(count(lines, 'challenge.attempt-failed')).toBe(19)
  })

  test('registrations, logins, refreshes, reuse, logout and reset', async () => {
    const { account } = app.projects
    const email = 'mia@example.test'
    await app.post('/auth/register', { email, password, firstname: 'Mia', lastname: 'M' })
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    const before = (await ownOf(account)).length
    await app.post('/auth/login', { email, password: 'not the password' })
    const login = await app.post('/auth/login', { email, password })
    expect(login.status).toBeLessThan(300)

    const { refreshToken } = login.body.data
    const refreshed = await app.post('/auth/refresh', { refreshToken })
    const { accessToken, refreshToken: next } = refreshed.body.data
    const session = { accessToken, refreshToken: next }
    const out = await app.post('/auth/logout', session, { authorization: `Bearer ${accessToken}` })
    expect(out.status).toBe(200)

    const stolen = (await app.post('/auth/login', { email, password })).body.data
    await app.post('/auth/refresh', { refreshToken: stolen.refreshToken })
    await app.moveClock(11_000)
    expect((await app.post('/auth/refresh', { refreshToken: stolen.refreshToken })).status).toBe(401)

    await app.post('/auth/forgot-password', { email })
    const code = await app.inbox.lastCode(email)
    expect(
      (await app.post('/auth/reset-password', { email, code, newPassword: 'a loud otter dives' })).status,
    ).toBe(200)

    const lines = (await ownOf(account)).slice(before)
    const successfulLogin = ['password.attempted', 'password.accepted', 'session.opened']
    const told = typesOf(lines).filter((type) => !type.startsWith('challenge.'))
    expect(told).toEqual([
      'password.attempted',
      ...successfulLogin,
      'session.refreshed',
      'session.ended',
      ...successfulLogin,
      'session.refreshed',
      'session.reused',
      'password.reset',
    ])
    const opened = lines.filter(({ type }) => type === 'session.opened')
    expect(opened.map(({ details }) => details.method)).toEqual(['password', 'password'])
    const earlier = typesOf((await ownOf(account)).slice(0, before))
    for (const type of ['account.created', 'password.set', 'account.verified'])
      expect(earlier).toContain(type)
  })

  test('locks and their ends, refused refreshes, and what operators do to people, keys and webhooks', async () => {
    const { account } = app.projects
    const admin = { headers: { authorization: `Bearer ${app.adminToken}` } }
    const path = `/admin/v1/projects/${account}`
    const ask = (method: string, place: string, body?: unknown) =>
      app.request(method, path + place, { ...admin, ...(body === undefined ? {} : { body }) })
    const email = 'lou@example.test'
    const { userId } = (await ask('POST', '/users', { email, password })).body
    const before = (await ownOf(account)).length

    const { refreshToken } = (await app.post('/auth/login', { email, password })).body.data
    await ask('PATCH', `/users/${userId}`, { isActive: false })
    expect((await app.post('/auth/refresh', { refreshToken })).status).toBe(401)
    await ask('PATCH', `/users/${userId}`, { isActive: true })
    await ask('PATCH', `/users/${userId}`, { isActive: true })
    for (let guess = 0; guess < 12; guess += 1)
      await app.post('/auth/login', { email, password: 'not the password' })

    for (let round = 0; round < 2; round += 1) {
      await app.post('/auth/login/otp/generate', { email })
      const code = await app.inbox.lastCode(email)
      for (let guess = 0; guess < 5; guess += 1)
        await app.post('/auth/login/otp', { email, code: wrong(code) })
    }
    await ask('POST', '/unlock', { address: email })

    const { businessId } = (await ask('POST', '/businesses', { name: 'Bar', type: 'bar' })).body
    for (let again = 0; again < 2; again += 1)
      await ask('POST', `/businesses/${businessId}/members`, { userId })
    const { keyId } = (await ask('POST', '/keys', { name: 'guest' })).body
    for (let again = 0; again < 2; again += 1) await ask('DELETE', `/keys/${keyId}`)
    const wish = { url: 'https://hooks.example.test/', eventTypes: ['account.locked'] }
    const { webhookId } = (await ask('POST', '/webhooks', wish)).body
    await ask('PATCH', `/webhooks/${webhookId}`, { isEnabled: false })
    await ask('POST', `/webhooks/${webhookId}/secret`, {})
    const [day] = await app.db.query<{ from: Date; until: Date }>(
      "select clock_now() - interval '1 day' as from, clock_now() as until",
    )
    expect((await ask('POST', `/webhooks/${webhookId}/replay`, day)).body).toEqual({ deliveries: 1 })
    for (let again = 0; again < 2; again += 1) await ask('DELETE', `/webhooks/${webhookId}`)

    const lines = (await ownOf(account)).slice(before)
    const isOfLogin = (type: string) => /^(challenge|password)\./.test(type)
    // Sorted by name, because events of the same millisecond have no order.
    const told = typesOf(lines).filter((type) => !isOfLogin(type))
    expect(told.sort()).toEqual([
      'account.disabled',
      'account.enabled',
      'account.locked',
      'address.locked',
      'address.unlocked',
      'business.created',
      'business.joined',
      'session.ended',
      'session.opened',
      'session.refused',
      'webhook.changed',
      'webhook.changed',
      'webhook.created',
      'webhook.deleted',
      'webhook.replayed',
    ])
    expect(
      lines.filter(({ type }) => type === 'password.attempted').map(({ details }) => details.outcome),
    ).toEqual([...Array.from({ length: 11 }, () => 'counted'), ...Array.from({ length: 2 }, () => 'refused')])
    const ofKey = (await exportOf(account)).filter(({ details }) => details?.keyId === keyId)
    expect(typesOf(ofKey)).toEqual(['key.created', 'key.revoked'])
  })

  test('a registration that replaces another, and a code that is looked at', async () => {
    const { account } = app.projects
    const before = (await ownOf(account)).length
    const person = { email: 'twice@example.test', password, firstname: 'T', lastname: 'W' }
    for (let again = 0; again < 2; again += 1) await app.post('/auth/register', person)
    await until(async () => (await app.inbox.entries(person.email)).length === 2)
    const code = await app.inbox.lastCode(person.email)
    const looked = { email: person.email, code, purpose: 'ACCOUNT_VERIFICATION' }
    expect((await app.post('/auth/otp/validate', looked)).status).toBe(200)
    const told = typesOf((await ownOf(account)).slice(before)).filter((type) => type !== 'challenge.accepted')
    expect(told.sort()).toEqual([
      'account.created',
      'account.replaced',
      'challenge.created',
      'challenge.created',
      'challenge.inspected',
      'password.set',
      'password.set',
    ])
  })

  test('routes, texts and brakes of a project', async () => {
    const { id } = await createProject()
    const as = { headers: { authorization: `Bearer ${app.adminToken}` } }
    const path = `/admin/v1/projects/${id}`
    const text = `${path}/texts/sms/code/fr`
    await app.db.query(
      `insert into destinations (project_id, prefix, slot_at, sends, verified, day_at, days, stopped_until, stop_reason,
        updated_at)
      values ($1, '+225070', clock_now(), '{}', '{}', clock_now(), '{}', clock_now() + interval '1 hour', 'few-verified', clock_now())`,
      [id],
    )
    const asked: [string, string, unknown?][] = [
      ['PATCH', `${path}/routes`, { routes: { sms: ['inbox'] } }],
      ['PUT', text, { body: 'Code {code}' }],
      ['PUT', text, { body: '{code}!' }],
      ['DELETE', text],
      ['POST', `${path}/stopped-prefixes/release`, { prefix: '+225070' }],
    ]
    for (const [method, url, body] of asked)
      expect((await app.request(method, url, { ...as, body })).status).toBe(200)
    // A request that changes nothing leaves no event.
    expect((await app.request('DELETE', text, as)).status).toBe(404)
    expect((await app.request('PUT', text, { ...as, body: { body: 'none' } })).status).toBe(400)

    const told = (await ownOf(id)).filter(({ type }) => type !== 'project.created')
    const ofText = { channel: 'sms', purpose: 'code', locale: 'fr' }
    const actor = 'admin-token'
    expect(told.map(({ type, details }) => ({ type, details }))).toEqual([
      { type: 'project.changed', details: { changed: ['routes'], actor } },
      { type: 'text.changed', details: { ...ofText, actor } },
      { type: 'text.changed', details: { ...ofText, actor } },
      { type: 'text.removed', details: { ...ofText, actor } },
      { type: 'destination.released', details: { prefix: '+225070', actor } },
    ])
  })

  test('carriers of the server, without what is in them (C2)', async () => {
    const as = { headers: { authorization: `Bearer ${app.adminToken}` } }
    const path = '/admin/v1/carriers/gateway'
    const gateway = { kind: 'webhook', settings: { url: 'https://gateway.example.test/?key=hidden-9x7z' } }
    const asked = Array.from({ length: 5 }, () => app.request('PUT', path, { ...as, body: gateway }))
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
    const removed = await Promise.all([1, 2].map(() => app.request('DELETE', path, as)))
    expect(removed.map(({ status }) => status).sort()).toEqual([200, 404])
    expect((await app.request('PUT', path, { ...as, body: { kind: 'webhook', settings: {} } })).status).toBe(
      400,
    )

    const { status, body } = await app.get('/admin/v1/events', as.headers)
    expect(status).toBe(200)
    const told = body.events.filter(({ type }: Line) => type.startsWith('carrier.'))
    expect(typesOf(told)).toEqual([
      'carrier.created',
      ...Array.from({ length: 4 }, () => 'carrier.changed'),
      'carrier.removed',
    ])
    for (const { scope, details } of told)
      expect({ scope, details }).toEqual({
        scope: 'server',
        details: { carrier: 'gateway', kind: 'webhook', actor: 'admin-token' },
      })
    const { stdout } = await run('audit', 'export')
    const ofServer = stdout.split('\n').filter((line) => line.includes('"scope":"server"'))
    expect(ofServer.filter((line) => line.includes('"type":"carrier.'))).toHaveLength(6)
  })

  test('no event holds a code, a password, a token or a key (C2)', async () => {
    const project = await createProject()
    await project.send('noa@example.test')
    const code = await app.inbox.lastCode('noa@example.test')
    await project.verify('noa@example.test', code)
    const rows = await app.db.query<{ text: string }>(
      "select events::text || coalesce(p.address, '') as text from events left join event_people p on p.event_id = events.id",
    )
    expect(rows.length).toBeGreaterThan(10)
    for (const secret of [code, password, project.apiKey])
      expect(rows.filter(({ text }) => text.replace(/\\\\x[0-9a-f]+/g, '').includes(secret))).toEqual([])
  })
})

test('a change whose event cannot be written is not made (I10)', async () => {
  const project = await createProject()
  await app.db.query(`create function refuse_event() returns trigger language plpgsql as $$
    begin raise exception 'no more events'; end $$`)
  await app.db.query(`create trigger no_events before insert on events
    for each row when (new.project_id = '${project.id}') execute function refuse_event()`)
  const refused = await project.send('ray@example.test')
  await app.db.query('drop trigger no_events on events')
  expect(refused.status).toBe(500)
  expect(await app.db.query("select id from challenges where address = 'ray@example.test'")).toEqual([])
  expect(await app.inbox.entries('ray@example.test')).toEqual([])
  expect((await project.send('ray@example.test')).status).toBe(201)
})

test('of all this the log holds masked addresses alone (L1)', () => expectMaskedLog())
