import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from './start-test-app.ts'

/*
 * Every route of the admin API about a project, asked for one project with the ids of another.
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

/** A project with something of everything, each of which says `zebra`. */
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
  await at('PATCH', '/routes', { routes: { sms: ['inbox'] } })
  await app.db.query(
    `insert into destinations (project_id, prefix, slot_at, sends, verified, day_at, days, stopped_until, stop_reason,
      updated_at)
    values ($1, '+225070', moment(), '{}', '{}', moment(), '{}', moment() + interval '1 hour', 'few-verified', moment())`,
    [projectId],
  )
  const send = { target: 'zebra@example.test', channel: 'email' }
  await app.post('/api/v1/otp/send', send, { 'x-api-key': apiKey, 'x-project-id': projectId })
  await app.inbox.lastCode('zebra@example.test')
  await app.db.query(
    "update recipients set locked_until = moment() + interval '1 day' where project_id = $1",
    [projectId],
  )
  const ids: Record<string, string> = { userId, businessId, keyId, webhookId }
  expect(Object.values(ids).filter((id) => id === undefined)).toEqual([])
  return { projectId: projectId as string, ids }
}

/** Every row of a project, and of the keys of its workspace. */
async function rowsOf(projectId: string): Promise<string[]> {
  const tables = await app.db.query<{ name: string }>(
    "select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'project_id'",
  )
  const queries = [
    'select t::text as row from projects t where id = $1',
    'select t::text as row from api_keys t join projects p on p.workspace_id = t.workspace_id where p.id = $1',
    ...tables.map(({ name }) => `select t::text as row from ${name} t where project_id = $1`),
  ]
  const rows = await Promise.all(queries.map((sql) => app.db.query<{ row: string }>(sql, [projectId])))
  return rows.flatMap((found) => found.map(({ row }) => row)).sort()
}

const lastOf = (path: string): string => path.split('/').at(-1) ?? ''

type Operation = {
  requestBody?: { content: Record<string, { examples?: Record<string, { value: object }> }> }
}

test('K1: no route about a project tells or touches anything of another, whichever ids it is given', async () => {
  const theirs = await createTheirs()
  const mine = (await admin('POST', '/projects', { name: 'Mine' })).body.projectId as string
  const before = await rowsOf(theirs.projectId)
  expect(before.filter((row) => row.includes('zebra')).length).toBeGreaterThan(6)

  // What bodies name beside the path.
  const named: Record<string, object> = {
    members: { userId: Number(theirs.ids.userId) },
    unlock: { address: 'zebra@example.test' },
    release: { prefix: '+225070' },
  }
  const { paths } = (await app.get('/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>
  }
  const namesTheirs = (path: string): boolean =>
    Object.keys(theirs.ids).some((name) => path.includes(`{${name}}`)) || lastOf(path) in named
  const asked = Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/v1/projects/{projectId}'))
    // Before others have made something with the same number.
    .sort(([one], [other]) => Number(namesTheirs(other)) - Number(namesTheirs(one)))
  expect(asked.length).toBeGreaterThan(20)
  for (const [template, operations] of asked) {
    const path = template
      .replace('/admin/v1', '')
      .replace('{projectId}', mine)
      .replace('/{channel}/{purpose}/{locale}', '/sms/code/fr')
      .replace(/\{(\w+)\}/g, (_, name: string) => theirs.ids[name] ?? `no id is known for ${name}`)
    for (const [method, { requestBody }] of Object.entries(operations)) {
      const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {})
      const body = named[lastOf(path)] ?? example?.value
      const answer = await admin(method.toUpperCase(), path, body)
      const told = JSON.stringify(answer.body)
      expect([method, template, answer.status, told]).toEqual([
        method,
        template,
        namesTheirs(template) ? 404 : expect.any(Number),
        expect.not.stringMatching(/zebra/),
      ])
      expect(answer.status).toBeLessThan(500)
    }
  }
  expect(await rowsOf(theirs.projectId)).toEqual(before)
})
