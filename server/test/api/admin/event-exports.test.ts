import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * Exports of the audit through the admin API.
 */

let app: TestApp
let projectId: string
let headers: Record<string, string>
beforeAll(async () => {
  app = await startTestApp()
  const { body } = await admin('POST', '/projects', { name: 'Audited' })
  projectId = body.projectId
  headers = { 'x-api-key': body.apiKey, 'x-project-id': body.projectId }
})
afterAll(() => app?.stop())

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })

type Line = { type: string; scope: string; address: string | null; details: Record<string, unknown> }

async function exportOf(method: string, path: string, body?: unknown): Promise<Line[]> {
  const answer = await admin(method, path, body)
  expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
    path,
    200,
    'application/x-ndjson; charset=utf-8',
  ])
  // One line alone is read as JSON already.
  const text = typeof answer.body === 'object' ? JSON.stringify(answer.body) : answer.body
  return text
    .split('\n')
    .filter((line: string) => line !== '')
    .map((line: string) => JSON.parse(line))
}

test('every event is a line, oldest first, more than a page of them, with masked addresses', async () => {
  for (let nth = 0; nth < 3; nth += 1)
    await app.post('/api/v1/otp/send', { target: `ada${nth}@example.com`, channel: 'email' }, headers)
  await app.db.query(
    `insert into events (project_id, id, type, details)
    select $1, event_id(clock_now()), 'project.changed', '{"changed": ["name"]}' from generate_series(1, 4500)`,
    [projectId],
  )
  const lines = await exportOf('GET', `/projects/${projectId}/events/export`)
  expect(lines.filter(({ type }) => type === 'project.changed')).toHaveLength(4500)
  const created = lines.filter(({ type }) => type === 'challenge.created')
  expect(created.map(({ address }) => address)).toEqual(Array(3).fill('a***@example.com'))
  expect(lines[0]?.type).toBe('project.created')
  expect(new Set(lines.map(({ scope }) => scope))).toEqual(new Set([projectId]))
})

test('addresses are in full for a reason, which the audit keeps (L1)', async () => {
  const reason = 'ticket 4711: asked for by the police'
  const path = `/projects/${projectId}/events/export`
  const lines = await exportOf('POST', path, { reason, from: '2020-01-01', until: '2100-01-01T00:00:00Z' })
  expect(lines.map(({ address }) => address)).toContain('ada0@example.com')
  const exports = (await exportOf('GET', path)).filter(({ type }) => type === 'audit.exported')
  expect(exports).toMatchObject([{ details: { reason, from: '2020-01-01T00:00:00.000Z' } }])
  for (const body of [{}, { reason: 'short' }, { reason, from: 'then' }, { reason, all: true }])
    expect([body, (await admin('POST', path, body)).status]).toEqual([body, 400])
})

test('a range that holds nothing is an empty file, and events of the server are apart', async () => {
  expect((await admin('GET', `/projects/${projectId}/events/export?until=2020-01-01`)).body).toBeNull()
  await admin('PUT', '/carriers/gateway', {
    kind: 'webhook',
    settings: { url: 'https://gateway.example.com/send' },
  })
  const lines = await exportOf('GET', '/events/export')
  expect(lines.map(({ type, scope }) => [type, scope])).toContainEqual(['carrier.created', 'server'])
  for (const [path, status] of [
    ['/projects/PRJ_none/events/export', 404],
    ['/events/export?from=then', 400],
    [`/projects/${projectId}/events/export?limit=3`, 400],
  ] as const)
    expect([path, (await admin('GET', path)).status]).toEqual([path, status])
})
