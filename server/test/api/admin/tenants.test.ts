import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsOf } from '../../harness/rows-of.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'
import { untilDelivered } from '../../slow/races/invariants.ts'

/*
 * Every route of the admin API about a project, called for one project with the ids of another.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })

/** A project with one row of every kind, each of which contains `zebra`. */
async function createTheirs() {
  const { projectId, apiKey } = (await admin('POST', '/projects', { name: 'zebra', tokens: 9 })).body
  const at = (method: string, path: string, body: unknown) =>
    admin(method, `/projects/${projectId}${path}`, body)
  const { userId } = (await at('POST', '/users', { email: 'zebra@example.test' })).body
  const { businessId } = (await at('POST', '/businesses', { name: 'zebra', type: 'bar', businessId: 7 })).body
  const { keyId } = (await at('POST', '/keys', { name: 'zebra' })).body
  const wish = { url: 'https://zebra.example.test/', eventTypes: ['quota.exhausted'] }
  const { webhookId } = (await at('POST', '/webhooks', wish)).body
  await at('PUT', '/texts/sms/code/fr', { body: 'zebra {code}' })
  await at('PATCH', '/routes', { routes: { sms: [{ carrier: 'inbox', to: ['+225070'] }] } })
  await app.db.query(
    `insert into destinations (project_id, prefix, slot_at, sends, verified, day_at, days, stopped_until, stop_reason,
      updated_at)
    values ($1, '+225070', clock_now(), '{}', '{}', clock_now(), '{}', clock_now() + interval '1 hour', 'few-verified', clock_now())`,
    [projectId],
  )
  await app.db.query(
    `insert into spending (project_id, day, channel, carrier, country, messages, cost)
    values ($1, clock_now()::date, 'sms', 'zebra', 'CI', 1, 1)`,
    [projectId],
  )
  // As many as a project may have; they must not count for another project.
  await app.db.query(
    `insert into webhook_endpoints (project_id, id, url, event_types, secret)
    select project_id, id || n, url, event_types, secret
    from webhook_endpoints, generate_series(1, 19) n
    where project_id = $1`,
    [projectId],
  )
  const send = { target: 'zebra@example.test', channel: 'email' }
  const sent = await app.post('/api/v1/otp/send', send, { 'x-api-key': apiKey, 'x-project-id': projectId })
  const { recordId: verificationId } = sent.body
  const sessionId = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'
  await app.db.query(
    `insert into sessions (project_id, id, account_id, label, created_at, last_used_at, expires_at)
    values ($1, $2, $3, 'zebra', clock_now(), clock_now(), clock_now() + interval '1 day')`,
    [projectId, sessionId, userId],
  )
  const { importId } = (await at('POST', '/imports', { content: 'email,zebra\na@example.test,1\n' })).body
  await until(async () => (await at('GET', `/imports/${importId}`, undefined)).body.state !== 'running')
  await untilDelivered(app)
  await until(
    async () => (await app.db.query('select 1 from api_keys where last_used_at is not null')).length > 0,
  )
  await app.db.query(
    "update recipients set locked_until = clock_now() + interval '1 day' where project_id = $1",
    [projectId],
  )
  const ids: Record<string, string> = {
    userId,
    businessId,
    keyId,
    webhookId,
    verificationId,
    sessionId,
    importId,
  }
  expect(Object.values(ids).filter((id) => id === undefined)).toEqual([])
  return { projectId: projectId as string, ids }
}

const lastOf = (path: string): string => path.split('/').at(-1) ?? ''

type Operation = {
  requestBody?: { content: Record<string, { examples?: Record<string, { value: object }> }> }
}

test('K1: no route about a project tells or touches anything of another, whichever ids it is given', async () => {
  const theirs = await createTheirs()
  const mine = (await admin('POST', '/projects', { name: 'Mine' })).body.projectId as string
  const before = await rowsOf(app.db, theirs.projectId)
  expect(before.filter((row) => row.includes('zebra')).length).toBeGreaterThan(6)

  const theirWords = new RegExp(`zebra|225070|${theirs.projectId}`)
  // The ids that bodies name in addition to the path.
  const named: Record<string, object> = {
    members: { userId: Number(theirs.ids.userId) },
    unlock: { address: 'zebra@example.test' },
    erase: { address: 'zebra@example.test' },
    release: { prefix: '+225070' },
  }
  const bodies: Record<string, object> = { ...named, routes: { routes: { sms: [] } } }
  const { paths } = (await app.get('/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>
  }
  const namesTheirs = (path: string): boolean =>
    Object.keys(theirs.ids).some((name) => path.includes(`{${name}}`)) || lastOf(path) in named
  // Streams go on for half a minute; state.test.ts reads what they send.
  const templates = Object.keys(paths).filter(
    (path) => path.startsWith('/admin/v1/projects/{projectId}') && !path.endsWith('/stream'),
  )
  expect(templates.length).toBeGreaterThan(20)

  const ask = async (template: string, isRefused: boolean) => {
    const path = template
      .replace('/admin/v1', '')
      .replace('{projectId}', mine)
      .replace('/{channel}/{purpose}/{locale}', '/sms/code/fr')
      .replace(/\{(\w+)\}/g, (_, name: string) => theirs.ids[name] ?? `no id is known for ${name}`)
    for (const [method, { requestBody }] of Object.entries(paths[template] ?? {})) {
      const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {})
      const body = method === 'get' ? undefined : (bodies[lastOf(path)] ?? example?.value)
      const answer = await admin(method.toUpperCase(), path, body)
      expect([method, template, answer.status, JSON.stringify(answer.body)]).toEqual([
        method,
        template,
        isRefused ? 404 : expect.toSatisfy((status: number) => status < 500),
        expect.not.stringMatching(theirWords),
      ])
    }
  }
  // First while mine is empty, and again when it has a user of the same number and texts of the same name.
  for (const template of templates.filter(namesTheirs)) await ask(template, true)
  for (const template of templates.filter((path) => !namesTheirs(path))) await ask(template, false)
  for (const template of templates) await ask(template, false)
  expect((await admin('GET', `/projects/${mine}/webhooks`)).body.webhooks.length).toBeGreaterThan(0)
  // Mine was erased by its number, which is that of theirs as well.
  expect((await admin('GET', `/projects/${mine}/users/${theirs.ids.userId}`)).status).toBe(404)
  const { events } = (await admin('GET', `/projects/${mine}/events?limit=1000`)).body
  expect(events.map(({ type }: { type: string }) => type)).toContain('person.erased')
  expect(await rowsOf(app.db, theirs.projectId)).toEqual(before)
})
