import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eraseProjects } from '../../../src/storage/stores/erase-projects.ts'
import type { TestAnswer } from '../../harness/ask.ts'
import { rowsOf } from '../../harness/rows-of.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { sleep, until } from '../../harness/until.ts'
import { startWebhookPeer, type WebhookPeer } from '../../providers/webhook-peer.ts'

/*
 * Projects that an operator switches off, and deletes.
 */

let app: TestApp
let other: TestApp
let gateway: WebhookPeer

beforeAll(async () => {
  gateway = await startWebhookPeer()
  app = await startTestApp({ env: { WHATSAPP_WEBHOOK_URL: gateway.url } })
  other = await app.startSecondNode()
})
afterAll(async () => {
  await other?.stop()
  await app?.stop()
  await gateway?.stop()
})

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })
const switchTo = (id: string, isActive: boolean) => admin('PATCH', `/projects/${id}`, { isActive })
const stateOf = async (id: string) => (await admin('GET', `/projects/${id}`)).body.state
/** A second is what every node may take, with the rest of it for the answer. */
const aSecond = () => sleep(1_000)

const callsTo: Record<string, [method: string, path: string, body: unknown][]> = {
  account: [
    [
      'POST',
      '/auth/register',
      { email: 'a@example.com', password: 'a quiet otter', firstname: 'A', lastname: 'B' },
    ],
    ['POST', '/auth/login', { email: 'a@example.com', password: 'a quiet otter' }],
    ['POST', '/auth/login/otp/generate', { email: 'a@example.com' }],
    ['POST', '/auth/refresh', { refreshToken: 'x' }],
    ['POST', '/auth/logout', {}],
    ['GET', '/auth/me', undefined],
    ['GET', '/auth/altcha', undefined],
  ],
  mobile: [
    ['POST', '/api/auth/otp/send', { mobile: '9175113022', type: 'signup' }],
    ['POST', '/api/auth/otp/verify', { mobile: '9175113022', type: 'signup', otp: '123456' }],
    ['POST', '/api/auth/otp/login', { mobile: '9175113022' }],
    ['POST', '/api/auth/otp/signup', { mobile: '9175113022' }],
  ],
  kikapu: [
    ['POST', '/auth/api/resend-otp/', { phoneNumber: '+255712345678' }],
    ['POST', '/auth/api/verify-otp', { phoneNumber: '+255712345678', otp: '12345' }],
    ['POST', '/auth/api/agent/login/', { phoneNumber: '+255712345678', password: 'securepassword' }],
  ],
  citizen: [
    ['POST', '/otp', { type: 'create', phoneNumber: '0123456789' }],
    ['POST', '/otp/verify', { phoneNumber: '0123456789', otp: '12345' }],
  ],
}

const withoutTime = ({ status, body }: TestAnswer) => ({ status, body: { ...body, timestamp: null } })

describe('a disabled project', () => {
  test.each(Object.keys(callsTo))(
    '%s answers as where nothing is mounted, on every node, and recovers',
    async (name) => {
      const id = app.projects[name as keyof typeof app.projects]
      const calls = callsTo[name] ?? []
      const [, [, known] = []] = calls
      const unknown = withoutTime(
        await app.post(`${known?.split('/').slice(0, -1).join('/')}/no-such-path`, {}),
      )
      expect((await switchTo(id, false)).body.state).toBe('disabled')
      await aSecond()
      for (const node of [app, other])
        for (const [method, path, body] of calls) {
          const answer = await node.request(method, path, body === undefined ? {} : { body })
          expect([path, answer.status]).toEqual([path, 404])
          if (!path.endsWith('altcha') && name !== 'citizen') expect(withoutTime(answer)).toEqual(unknown)
        }
      expect((await switchTo(id, true)).body.state).toBe('active')
      await aSecond()
      for (const [method, path, body] of calls.filter(([, path]) => !path.endsWith('altcha'))) {
        const answer = await other.request(method, path, body === undefined ? {} : { body })
        // kikapu documents 404 for users and agents that do not exist.
        expect([path, withoutTime(answer)]).not.toEqual([path, unknown])
      }
    },
  )

  test('is for service one that the key does not open', async () => {
    const { body: made } = await admin('POST', '/projects', { name: 'Off' })
    const headers = { 'x-api-key': made.apiKey, 'x-project-id': made.projectId }
    const send = (node: TestApp) =>
      node.post('/api/v1/otp/send', { target: 'off@example.com', channel: 'email' }, headers)
    expect((await send(other)).status).toBe(201)
    await switchTo(made.projectId, false)
    await aSecond()
    for (const node of [app, other])
      for (const answer of [await send(node), await node.get('/api/v1/otp/token-info', headers)])
        expect(answer).toMatchObject({
          status: 401,
          body: { statusCode: 401, message: 'Invalid project ID or access denied' },
        })
    await switchTo(made.projectId, true)
    await aSecond()
    expect((await send(other)).status).toBe(201)
  })

  test('T4: opens no session while it is disabled, and the same ones afterwards', async () => {
    const person = {
      email: 'kept@example.com',
      password: 'a quiet otter swims',
      firstname: 'A',
      lastname: 'B',
    }
    await app.post('/auth/register', person)
    const { email, password } = person
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    const { data } = (await app.post('/auth/login', { email, password })).body
    const me = () => other.get('/auth/me', { authorization: `Bearer ${data.accessToken}` })
    expect((await me()).status).toBe(200)
    await switchTo(app.projects.account, false)
    await aSecond()
    expect((await me()).status).toBe(404)
    expect((await other.post('/auth/refresh', { refreshToken: data.refreshToken })).status).toBe(404)
    await switchTo(app.projects.account, true)
    await aSecond()
    expect((await me()).status).toBe(200)
  })

  test('its messages that wait are not sent any more, and cost no token', async () => {
    const { body: made } = await admin('POST', '/projects', {
      name: 'Mute',
      tokens: 5,
      settings: { region: 'CI', countries: ['CI'] },
    })
    const headers = { 'x-api-key': made.apiKey, 'x-project-id': made.projectId }
    const used = async () => (await admin('GET', `/projects/${made.projectId}`)).body.tokens.used
    gateway.behave('refuse-for-now')
    const mail = { target: '+2250123456789', channel: 'whatsapp' }
    const sent = await app.post('/api/v1/otp/send', mail, headers)
    expect(sent.status).toBe(201)
    const attempts = () =>
      app.db.query<{ detail: string }>(
        `select m.detail from messages m where m.project_id = $1 and m.carrier = 'none'`,
        [made.projectId],
      )
    await until(() => gateway.requests.length > 0)
    await switchTo(made.projectId, false)
    await aSecond()
    gateway.behave('accept')
    await app.moveClock(60_000)
    await until(async () => (await attempts()).length > 0)
    expect((await attempts()).at(-1)?.detail).toBe('The project is disabled.')
    expect(gateway.accepted).toEqual([])
    expect(await used()).toBe(0)
  })

  test('is on record, once for each change, and refuses what is no answer', async () => {
    const { projectId } = (await admin('POST', '/projects', { name: 'Record' })).body
    for (const isActive of [false, false, true, true])
      expect((await switchTo(projectId, isActive)).status).toBe(200)
    const { events } = (await admin('GET', `/projects/${projectId}/events`)).body
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      'project.created',
      'project.disabled',
      'project.enabled',
    ])
    expect(await admin('PATCH', `/projects/${projectId}`, { isActive: 'no' })).toMatchObject({
      status: 400,
      body: { message: 'isActive must be true or false' },
    })
    expect((await switchTo('PRJ_none', false)).status).toBe(404)
    const { projects } = (await admin('GET', '/projects')).body
    expect(projects.every(({ state }: { state: string }) => state === 'active' || state === 'disabled')).toBe(
      true,
    )
  })
})

describe('a deleted project', () => {
  let erasedId: string

  /** A project with rows of many kinds, in a workspace of its own. */
  async function createFull() {
    const { body: made } = await admin('POST', '/projects', { name: 'Full', settings: { region: 'CI' } })
    const { projectId: id, apiKey } = made
    const at = (method: string, path: string, body: unknown) => admin(method, `/projects/${id}${path}`, body)
    for (const email of ['one@full.example', 'two@full.example', 'three@full.example'])
      expect((await at('POST', '/users', { type: 'USER', email })).status).toBe(201)
    await at('POST', '/businesses', { name: 'Bar', type: 'bar', businessId: 7 })
    await at('POST', '/webhooks', { url: 'https://full.example.test/', eventTypes: ['challenge.accepted'] })
    await at('PUT', '/texts/email/code/fr', { subject: 'Bonjour', body: 'Voici {code}' })
    const headers = { 'x-api-key': apiKey, 'x-project-id': id }
    for (const index of [1, 2, 3, 4, 5]) {
      const target = `person${index}@full.example`
      const answer = await app.post('/api/v1/otp/send', { target, channel: 'email' }, headers)
      expect(answer.status).toBe(201)
      await app.post('/api/v1/otp/verify', { target, code: await app.inbox.lastCode(target) }, headers)
    }
    return { id, headers }
  }

  test('must be disabled before, is listed as deleted, and cannot be changed or enabled', async () => {
    const { projectId: id } = (await admin('POST', '/projects', { name: 'Going' })).body
    expect(await admin('DELETE', `/projects/${id}`)).toMatchObject({
      status: 409,
      body: { message: 'The project is active: disable it first' },
    })
    await switchTo(id, false)
    expect(await admin('DELETE', `/projects/${id}`)).toMatchObject({
      status: 202,
      body: { projectId: id, state: 'deleted' },
    })
    expect((await admin('DELETE', `/projects/${id}`)).status).toBe(202)
    expect(await stateOf(id)).toBe('deleted')
    expect((await switchTo(id, true)).status).toBe(404)
    expect(
      (await admin('POST', `/projects/${id}/users`, { type: 'USER', email: 'late@example.com' })).status,
    ).toBe(404)
    expect((await admin('POST', `/projects/${id}/keys`, { name: 'late' })).status).toBe(404)
    expect((await admin('DELETE', '/projects/PRJ_none')).status).toBe(404)
  })

  test('loses every row of every table, also if who erases it is stopped in the middle, and no other project loses one', async () => {
    const { id, headers } = await createFull()
    const neighbour = await createFull()
    const before = await rowsOf(app.db, neighbour.id)
    expect((await rowsOf(app.db, id)).length).toBeGreaterThan(30)
    // Those that tests before this one have deleted.
    await app.moveClock(61_000)
    await eraseProjects(app.db.database)

    await switchTo(id, false)
    await admin('DELETE', `/projects/${id}`)
    erasedId = id
    await eraseProjects(app.db.database)
    expect(await stateOf(id)).toBe('deleted')

    await app.moveClock(61_000)
    let statements = 0
    const stopping = {
      ...app.db.database,
      query: (name: string, sql: string, values?: unknown[]) => {
        statements += 1
        if (statements > 12) throw new Error('the node is gone')
        return app.db.database.query(name, sql, values)
      },
    } as typeof app.db.database
    const left = (await rowsOf(app.db, id)).length
    await expect(eraseProjects(stopping, { rows: 1, blocks: 1 })).rejects.toThrow('the node is gone')
    const some = (await rowsOf(app.db, id)).length
    expect(some).toBeLessThan(left)
    expect(await stateOf(id)).toBe('deleted')

    await Promise.all([
      eraseProjects(app.db.database, { rows: 2, blocks: 1 }),
      eraseProjects(other.db.database),
    ])
    expect((await admin('GET', `/projects/${id}`)).status).toBe(404)
    const events = (await rowsOf(app.db, id)).filter((row) => !row.startsWith('events('))
    expect(events).toEqual([])
    expect(await rowsOf(app.db, neighbour.id)).toEqual(before)
    expect((await app.get('/api/v1/otp/token-info', neighbour.headers)).status).toBe(200)
    expect((await app.get('/api/v1/otp/token-info', headers)).status).toBe(401)
  })

  test('keeps its events, and the server says once that it was erased; no address is left', async () => {
    const { events } = (await admin('GET', '/events')).body
    const erased = events.filter(
      ({ type, details }: { type: string; details: { projectId?: string } }) =>
        type === 'project.erased' && details.projectId === erasedId,
    )
    expect(erased).toHaveLength(1)
    const rows = await app.db.query<{ text: string; type: string }>(
      'select t::text as text, type from events t where project_id = $1',
      [erasedId],
    )
    expect(rows.map(({ type }) => type)).toContain('project.deleted')
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.map(({ text }) => text).join()).not.toContain('full.example')
  })
})
