import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderEventCatalogue } from '../../src/admin/render-catalogue.ts'
import { createDatabase } from '../../src/storage/postgres/database.ts'
import { runMaintenance } from '../../src/storage/postgres/maintenance.ts'
import { migrate } from '../../src/storage/postgres/migrate.ts'
import { rowsOf } from '../harness/rows-of.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import { untilDelivered } from '../slow/races/invariants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ env: { TRUST_PROXY: '1' } })
})
afterAll(() => app.stop())

const run = (...parameters: string[]) =>
  runCommand(parameters, { env: { DATABASE_URL: app.db.connectionString } })

type Line = {
  eventId: string
  type: string
  scope: string
  challengeId: string | null
  accountId: number | null
  address: string | null
  details: Record<string, unknown>
}

/** The lines that the command prints for a project, as objects. */
async function exportOf(projectId: string, ...more: string[]): Promise<Line[]> {
  const { stdout, stderr, code } = await run('audit', 'export', '--project', projectId, ...more)
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** The same without the events about keys of its workspace. */
const ownOf = async (projectId: string): Promise<Line[]> =>
  (await exportOf(projectId)).filter(({ scope }) => scope === projectId)

const typesOf = (lines: Line[]): string[] => lines.map(({ type }) => type)
const count = (lines: Line[], type: string): number => lines.filter((line) => line.type === type).length
const wrong = (code: string) => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`
const password = 'a quiet otter swims'

async function createProject() {
  const authorization = { authorization: `Bearer ${app.adminToken}` }
  const { body } = await app.post('/admin/v1/projects', { name: 'Audited', tokens: 30 }, authorization)
  const headers = { 'x-api-key': body.apiKey, 'x-project-id': body.projectId }
  return {
    id: body.projectId as string,
    apiKey: body.apiKey as string,
    send: (target: string, more = {}) =>
      app.post('/api/v1/otp/send', { target, channel: 'email', ...more }, headers),
    verify: (target: string, code: string) => app.post('/api/v1/otp/verify', { target, code }, headers),
  }
}

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
    expect(told.map(({ type, details }) => ({ type, details }))).toEqual([
      { type: 'project.changed', details: { changed: ['routes'] } },
      { type: 'text.changed', details: ofText },
      { type: 'text.changed', details: ofText },
      { type: 'text.removed', details: ofText },
      { type: 'destination.released', details: { prefix: '+225070' } },
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
    expect(typesOf(body.events)).toEqual([
      'carrier.created',
      ...Array.from({ length: 4 }, () => 'carrier.changed'),
      'carrier.removed',
    ])
    for (const { scope, details } of body.events)
      expect({ scope, details }).toEqual({
        scope: 'server',
        details: { carrier: 'gateway', kind: 'webhook' },
      })
    const { stdout } = await run('audit', 'export')
    expect(stdout.split('\n').filter((line) => line.includes('"scope":"server"'))).toHaveLength(6)
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

describe('the export', () => {
  test('shows addresses only with a reason, and that is an event (L1)', async () => {
    const project = await createProject()
    await project.send('olga@example.test')
    const without = await run('audit', 'export', '--project', project.id, '--reveal')
    expect(without.code).not.toBe(0)
    expect(without.stdout).toBe('')

    const reason = 'ticket 4711, asked for by the owner'
    const lines = await exportOf(project.id, '--reveal', '--reason', reason)
    expect(lines.find(({ type }) => type === 'challenge.created')?.address).toBe('olga@example.test')
    const exported = (await exportOf(project.id)).filter(({ type }) => type === 'audit.exported')
    expect(exported.map(({ details }) => details.reason)).toEqual([reason])
  })

  test('is bounded by time, and the same page by page through the admin API', async () => {
    const project = await createProject()
    for (const name of ['a', 'b', 'c']) await project.send(`${name}@example.test`)
    expect(await exportOf(project.id, '--from', '2090-01-01')).toEqual([])
    const lines = (await exportOf(project.id, '--to', '2090-01-01')).filter(
      ({ scope }) => scope === project.id,
    )

    const paged: Line[] = []
    for (let after = ''; ; ) {
      const { status, body } = await app.get(`/admin/v1/projects/${project.id}/events?limit=2${after}`, {
        authorization: `Bearer ${app.adminToken}`,
      })
      expect(status).toBe(200)
      paged.push(...body.events)
      if (body.next === null) break
      after = `&after=${body.next}`
    }
    expect(paged).toEqual(lines)
  })
})

describe('events are append-only (L1)', () => {
  const changes = [
    "update events set type = 'x'",
    'delete from events',
    `delete from events_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`,
    `truncate events_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`,
  ]

  test('even for the owner of the table', async () => {
    for (const sql of changes) await expect(app.db.query(sql)).rejects.toThrow(/append-only/)
  })

  /** Creates a role that owns nothing, as docs/audit.md does, and its connection string. */
  async function createServerRole(): Promise<{ connectionString: string; drop: () => Promise<void> }> {
    const role = `server_${randomBytes(4).toString('hex')}`
    await app.db.query(`create role ${role} login password 'server'`)
    await app.db.query(`select grant_server('${role}')`)
    return {
      connectionString: app.db.connectionString.replace(
        /^(postgres(?:ql)?:\/\/)[^@/]*@?/,
        `$1${role}:server@`,
      ),
      async drop() {
        await app.db.query(`drop owned by ${role}`)
        await app.db.query(`drop role ${role}`)
      },
    }
  }

  test('and a server that does not own it has no right to try, yet all it needs', async () => {
    const role = await createServerRole()
    const database = createDatabase({ connectionString: role.connectionString })
    const logLines: string[] = []
    const node = await startTestApp({ env: { DATABASE_URL: role.connectionString }, beside: app, logLines })
    try {
      await migrate(database)
      for (const sql of changes) await expect(database.query('change', sql)).rejects.toThrow()
      await runMaintenance(database)

      const email = 'role@example.test'
      await node.post('/auth/register', { email, password, firstname: 'R', lastname: 'O' })
      await node.post('/auth/verify', { email, code: await node.inbox.lastCode(email) })
      const { refreshToken } = (await node.post('/auth/login', { email, password })).body.data
      expect((await node.post('/auth/refresh', { refreshToken })).status).toBe(200)
      const sent = await node.post(
        '/api/v1/otp/send',
        { target: email, channel: 'email' },
        node.serviceHeaders,
      )
      expect(sent.status).toBe(201)
      const admin = { authorization: `Bearer ${node.adminToken}` }
      const made = await node.post('/admin/v1/projects', { name: 'Made by a role' }, admin)
      expect(made.status).toBe(201)
      const as = { env: { DATABASE_URL: role.connectionString } }
      const erased = await runCommand(['users', 'erase', email, '--project', node.projects.account], as)
      expect({ code: erased.code, stderr: erased.stderr }).toEqual({ code: 0, stderr: '' })
      expect(logLines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([])
      const doctor = await runCommand(['doctor'], { env: { ...as.env, PORT: '0' } })
      expect(doctor.stdout).toMatch(/^ok +Schema +version \d+, up to date$/m)
      expect(doctor.stdout).not.toMatch(/^fail +(PostgreSQL|Schema)/m)
    } finally {
      await Promise.all([database.close(), node.stop()])
      await role.drop()
    }
  })

  test('and what it may do with the rights of the owner takes no table of its own for one of ours', async () => {
    const role = await createServerRole()
    const client = new pg.Client({ connectionString: role.connectionString })
    await client.connect()
    try {
      const [today] = await app.db.query<{ name: string }>(
        `select 'events_' || to_char(clock_now() at time zone 'UTC', 'YYYYMMDD') as name`,
      )
      await client.query(`create temp table pg_class as
        select oid, relname::text as relname from pg_catalog.pg_class where relname in ('messages', '${today?.name}')`)
      await client.query(`create temp table pg_inherits as select child.oid as inhrelid, parent.oid as inhparent
        from pg_temp.pg_class child, pg_temp.pg_class parent where child.relname <> 'messages' and parent.relname = 'messages'`)
      await client.query('grant select on pg_temp.pg_class, pg_temp.pg_inherits to public')
      await client.query('begin')
      await client.query("select drop_message_partitions(clock_now() + interval '10 years')")
      const { rows } = await client.query(`select to_regclass('${today?.name}') is not null as is_there`)
      expect(rows).toEqual([{ is_there: true }])
      const others = `select proname from pg_proc where prosecdef and pronamespace = current_schema()::regnamespace
        and coalesce(proconfig::text, '') not like '%pg_temp%'`
      expect((await client.query(others)).rows).toEqual([])
    } finally {
      await client.query('rollback')
      await client.end()
      await role.drop()
    }
  })

  test('whole days go when their time has come, and never those of the last 30 days', async () => {
    const days = async () =>
      (
        await app.db.query<{ name: string }>(
          "select relname as name from pg_class where relname ~ '^events_[0-9]{8}$'",
        )
      ).length
    const before = await days()
    await app.db.query("select drop_event_partitions(clock_now() + interval '1 day')")
    expect(await days()).toBe(before)
    await app.db.query(`create table events_20200101 partition of events
      for values from ('\\x5e0be100') to ('\\x5e0d3280')`)
    await runMaintenance(app.db.database, { recordDays: 90, eventDays: 400 })
    expect(await days()).toBe(before)
  })
})

describe('erasing a person', () => {
  /** Rows that hold an address: as text, as bytes, or as a digest that somebody who guesses the address could compare. */
  async function findTraces(address: string): Promise<{ table: string; text: string }[]> {
    const digest = createHash('sha256').update(address)
    const spellings = [address, Buffer.from(address).toString('hex')]
    const digests = [digest.copy().digest('hex'), digest.digest('base64url')].map((text) => text.slice(0, 11))
    const tables = await app.db.query<{ name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
    )
    const found = await Promise.all(
      tables.map(async ({ name: table }) => {
        const rows = await app.db.query<{ text: string }>(`select t::text as text from ${table} t`)
        return rows.map(({ text }) => ({ table, text }))
      }),
    )
    return found.flat().filter(({ text }) => [...spellings, ...digests].some((trace) => text.includes(trace)))
  }

  /** Another project with the same people, number for number. */
  async function createTwin(projectId: string): Promise<string> {
    const { id } = await createProject()
    const tables = ['accounts', 'sessions', 'refresh_tokens', 'business_members', 'recipients', 'limits']
    for (const table of [...tables, 'challenges', 'messages', 'event_people', 'proofs'])
      await app.db.query(
        `insert into ${table}
        select (jsonb_populate_record(t, jsonb_build_object('project_id', $2::text))).* from ${table} t where project_id = $1`,
        [projectId, id],
      )
    return id
  }

  test('leaves what happened, and nobody in it, and other projects as they are (K1)', async () => {
    const email = 'pia@example.test'
    const { account } = app.projects
    await app.post('/auth/register', { email, password, firstname: 'Pia', lastname: 'P' })
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    const login = await app.post('/auth/login', { email, password })
    await app.post('/auth/login', { email, password: 'not the password' })
    const elsewhere = { 'x-forwarded-for': '203.0.113.9' }
    await app.post('/auth/login/otp/generate', { email })
    const code = await app.inbox.lastCode(email)
    await app.post('/auth/login/otp', { email, code: wrong(code) }, elsewhere)
    const admin = { authorization: `Bearer ${app.adminToken}` }
    const { id } = (await app.post('/auth/login', { email, password })).body.data.user
    const businesses = `/admin/v1/projects/${account}/businesses`
    const { businessId } = (await app.post(businesses, { name: 'Bar', type: 'bar' }, admin)).body
    await app.post(`${businesses}/${businessId}/members`, { userId: id }, admin)
    await untilDelivered(app)
    const other = await createTwin(account)
    const rowsOfOther = await rowsOf(app.db, other)
    const before = await ownOf(account)
    expect((await findTraces(email)).map(({ table }) => table)).toEqual(
      expect.arrayContaining(['accounts', 'challenges', 'recipients', 'limits']),
    )

    const erased = await run('users', 'erase', email, '--project', account)
    expect({ stderr: erased.stderr, code: erased.code }).toEqual({ stderr: '', code: 0 })
    expect(erased.stdout).not.toContain(email)

    const after = await ownOf(account)
    expect(typesOf(after)).toEqual([...typesOf(before), 'person.erased'])
    expect((await findTraces(email)).filter(({ text }) => !text.includes(other))).toEqual([])
    expect(await rowsOf(app.db, other)).toEqual(rowsOfOther)
    const bearer = { authorization: `Bearer ${login.body.data?.accessToken ?? login.body.accessToken}` }
    expect((await app.get('/auth/me', bearer)).status).toBe(401)
    expect((await run('users', 'erase', email, '--project', account)).code).not.toBe(0)
  })
})

test('of all this the log holds masked addresses alone (L1)', () => {
  const named = app.logLines.filter((line) => line.includes('@example.test'))
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((line) => /[\w.+-]@example\.test/.test(line))).toEqual([])
})
