import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventCatalogue, type EventType } from '../../../src/domain/event.ts'
import { invite, type OperatorBrowser } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'

/* Everything that somebody does through the admin API is on record with who did it. */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

type Ask = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: Record<string, unknown> }>
type Event = { type: EventType; details: Record<string, unknown> }

const carrier = { kind: 'webhook', settings: { url: { sms: 'https://gateway.example.com/sms' } } }

/** Does once what the admin API can do, and returns the project that it was done to. */
async function doEverything(ask: Ask, name: string): Promise<string> {
  const good = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(method, path, body)
    expect([method, path, answer.status, answer.status < 300 ? null : answer.body]).toEqual([
      method,
      path,
      answer.status,
      null,
    ])
    return answer.body as Record<string, string & { id: string }>
  }
  const { projectId } = await good('POST', '/projects', { name: 'Shop', settings: { region: 'CI' } })
  const at = `/projects/${projectId}`
  await good('PATCH', at, { name: 'Other' })
  const { keyId } = await good('POST', `${at}/keys`, { name: 'key' })
  await good('DELETE', `${at}/keys/${keyId}`)
  const text = `${at}/texts/email/code/en`
  await good('PUT', text, { subject: '{code}', body: '{code} {project}' })
  await good('DELETE', text)
  await good('PATCH', `${at}/routes`, { routes: { email: ['inbox'] } })
  const { userId } = await good('POST', `${at}/users`, { email: `${name}@example.test` })
  await good('PATCH', `${at}/users/${userId}`, { firstName: 'Ada', isActive: false })
  await good('PATCH', `${at}/users/${userId}`, { isActive: true })
  const { importId } = await good('POST', `${at}/imports`, { content: `email\n${name}-too@example.test\n` })
  await until(async () => (await ask('GET', `${at}/imports/${importId}`)).body.state === 'finished')
  const { businessId } = await good('POST', `${at}/businesses`, { name: 'Shop', type: 'SHOP' })
  await good('POST', `${at}/businesses/${businessId}/members`, { userId: Number(userId) })
  const { webhookId } = await good('POST', `${at}/webhooks`, { url: 'https://example.com/hook' })
  await good('PATCH', `${at}/webhooks/${webhookId}`, { isEnabled: false })
  await good('POST', `${at}/webhooks/${webhookId}/secret`)
  await good('DELETE', `${at}/webhooks/${webhookId}`)
  await good('PUT', `/carriers/${name}`, carrier)
  await good('PUT', `/carriers/${name}`, carrier)
  await good('DELETE', `/carriers/${name}`)
  const { operator } = await good('POST', '/operators', { email: `${name}-new@example.test`, role: 'viewer' })
  await good('PATCH', `/operators/${operator?.id}`, { role: 'operator' })
  await good('DELETE', `/operators/${operator?.id}`)
  await good('PATCH', at, { isActive: false })
  await good('PATCH', at, { isActive: true })
  await good('PATCH', at, { isActive: false })
  await good('DELETE', at)
  return projectId as string
}

/** The deeds on record about a project, its workspace and the server, since a moment. */
async function deedsSince(from: Date): Promise<Event[]> {
  const rows = await app.db.query<Event>(
    'select type, details from events where id >= decode(lpad(to_hex(floor(extract(epoch from $1::timestamptz))::bigint), 8, $2), $3)',
    [from, '0', 'hex'],
  )
  return rows.filter(({ type }) => eventCatalogue[type].isAction)
}

const expected: EventType[] = [
  'account.changed',
  'account.disabled',
  'account.enabled',
  'account.imported',
  'business.created',
  'business.joined',
  'carrier.changed',
  'carrier.created',
  'carrier.removed',
  'key.created',
  'key.revoked',
  'operator.changed',
  'operator.invited',
  'operator.link-made',
  'operator.removed',
  'project.changed',
  'project.created',
  'project.deleted',
  'project.disabled',
  'project.enabled',
  'text.changed',
  'text.removed',
  'webhook.changed',
  'webhook.created',
  'webhook.deleted',
]

const now = async (): Promise<Date> => {
  const [row] = await app.db.query<{ now: Date }>('select clock_now() as now')
  return row?.now ?? new Date()
}

test('L1: what an operator does is on record with the operator, what a program does with the token', async () => {
  const { browser, id } = await invite(app, { email: 'does@example.test', role: 'owner' })
  await app.moveClock(5_000)
  const before = await now()
  await doEverything((method, path, body) => browser.request(method, path, { body }) as never, 'by-operator')
  const byOperator = await deedsSince(before)
  expect([...new Set(byOperator.map(({ type }) => type))].sort()).toEqual(expected)
  expect(byOperator.filter(({ details }) => details.actor !== id)).toEqual([])

  await app.moveClock(5_000)
  const between = await now()
  const headers = { authorization: `Bearer ${app.adminToken}` }
  const ask: Ask = (method, path, body) => app.request(method, `/admin/v1${path}`, { headers, body }) as never
  await doEverything(ask, 'by-program')
  const byProgram = await deedsSince(between)
  expect([...new Set(byProgram.map(({ type }) => type))].sort()).toEqual(expected)
  expect(byProgram.filter(({ details }) => details.actor !== 'admin-token')).toEqual([])
})

test('L1: signing in and out, links and second factors are on record', async () => {
  await app.moveClock(5_000)
  const before = await now()
  const { browser, id } = await invite(app, { email: 'signs@example.test', role: 'viewer' })
  const { sessionId } = (await browser.get('/session')).body
  await (browser as OperatorBrowser).delete('/session')
  const [row] = await app.db.query<{ events: Event[] }>(
    `select json_agg(json_build_object('type', type, 'details', details) order by id) as events
    from events
    where project_id = 'server' and type like 'operator.%'
      and id >= decode(lpad(to_hex(floor(extract(epoch from $1::timestamptz))::bigint), 8, '0'), 'hex')`,
    [before],
  )
  expect(row?.events).toEqual([
    {
      type: 'operator.invited',
      details: { operatorId: id, role: 'viewer', projects: null, actor: 'admin-token' },
    },
    { type: 'operator.link-made', details: { operatorId: id, actor: 'admin-token' } },
    { type: 'operator.signed-in', details: { operatorId: id, sessionId, method: 'link', factor: null } },
    { type: 'operator.signed-out', details: { operatorId: id, sessionId, actor: id } },
  ])
  const listed = await app.get('/admin/v1/events?limit=1000', { authorization: `Bearer ${app.adminToken}` })
  expect(listed.status).toBe(200)
})
