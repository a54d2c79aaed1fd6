import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenApiDocument } from '../../../src/http/openapi.ts'
import { invite, type OperatorBrowser, openBrowser, signIn } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/* Who may call which route of the admin API: every route of /openapi.json, as every role. */

const roles = ['viewer', 'operator', 'owner'] as const
type Role = (typeof roles)[number]

let app: TestApp
let routes: { method: string; path: string; role: Role | undefined; security: object[] }[]
let owner: OperatorBrowser
let browsers: Record<Role, OperatorBrowser>
let limited: Record<'viewer' | 'operator', OperatorBrowser>
let own: string
let foreign: string
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await startTestApp()
  owner = await signIn(app)
  own = (await owner.post('/projects', { name: 'Own' })).body.projectId
  foreign = (await owner.post('/projects', { name: 'Foreign' })).body.projectId
  const join = async (email: string, wanted: object) => {
    const { browser, id } = await invite(app, { email, ...wanted })
    ids[email] = id
    return browser
  }
  browsers = {
    viewer: await join('viewer@example.test', { role: 'viewer' }),
    operator: await join('operator@example.test', { role: 'operator' }),
    owner: await join('second@example.test', { role: 'owner' }),
  }
  limited = {
    viewer: await join('limited-viewer@example.test', { role: 'viewer', projects: [own] }),
    operator: await join('limited-operator@example.test', { role: 'operator', projects: [own] }),
  }
  const { paths } = (await app.get('/openapi.json')).body as OpenApiDocument
  routes = Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/v1'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security, 'x-role': role }]) => ({
        method: method.toUpperCase(),
        path: path.replace('/admin/v1', ''),
        role: role as Role | undefined,
        security,
      })),
    )
})
afterAll(() => app.stop())

/** A request that is refused for what it says, and changes nothing, wherever it is let in. */
async function knock(
  browser: OperatorBrowser,
  { method, path }: { method: string; path: string },
  project: string,
) {
  const at = path.replace('{projectId}', project).replaceAll(/\{\w+\}/g, 'none')
  const { status, body } = await browser.request(method, `${at}?nonsense=1`)
  return { status, message: String(body?.message) }
}

const governed = () => routes.filter(({ role }) => role !== undefined)
const isIn = ({ status, message }: { status: number; message: string }) =>
  status === 400 && message.includes('nonsense does not exist')

test('every route of the admin API says which role it needs, or is one of signing in', () => {
  expect(governed().length).toBeGreaterThan(45)
  const others = routes.filter(({ role }) => role === undefined).map(({ path }) => path)
  expect(others.filter((path) => !/^\/(sign-in|session)(\/|$)/.test(path))).toEqual([])
  for (const { path, security, role } of routes) {
    const expected = path.startsWith('/sign-in')
      ? path.includes('second-factor')
        ? [{ cookie: [] }]
        : []
      : path.startsWith('/session')
        ? [{ cookie: [] }]
        : [{ bearer: [] }, { cookie: [] }]
    expect([path, role !== undefined, security]).toEqual([path, !/^\/(sign-in|session)/.test(path), expected])
  }
})

test('the page says of each role what its routes say', () => {
  const ownersOnly = governed()
    .filter(({ role }) => role === 'owner')
    .map(({ method, path }) => `${method} ${path}`)
  expect(ownersOnly.sort()).toEqual([
    'DELETE /carriers/{name}',
    'DELETE /operators/{operatorId}',
    'DELETE /operators/{operatorId}/second-factors',
    'DELETE /operators/{operatorId}/sessions',
    'DELETE /projects/{projectId}',
    'GET /operators',
    'PATCH /operators/{operatorId}',
    'POST /operators',
    'POST /operators/{operatorId}/link',
    'POST /projects',
    'PUT /carriers/{name}',
  ])
  const changes = governed().filter(({ method, role }) => method !== 'GET' && role === 'viewer')
  expect(changes.map(({ path }) => path)).toEqual([
    '/projects/{projectId}/texts/{channel}/{purpose}/{locale}/preview',
  ])
  const page = readFileSync(new URL('../../../../docs/operators.md', import.meta.url), 'utf8')
  for (const role of roles) expect(page).toContain(`\`${role}\``)
})

describe.each(roles)('a %s of all projects', (role) => {
  test('is let in where the role suffices, and nowhere else', async () => {
    for (const route of governed()) {
      const answer = await knock(browsers[role], route, own)
      const suffices = roles.indexOf(role) >= roles.indexOf(route.role as Role)
      const name = `${route.method} ${route.path}`
      if (suffices) expect([name, isIn(answer), answer.message]).toEqual([name, true, answer.message])
      else expect([name, answer]).toEqual([name, { status: 403, message: 'Your role does not allow this' }])
    }
  })
})

describe.each(['viewer', 'operator'] as const)('a %s of one project', (role) => {
  test('K1: finds no other project, at any route', async () => {
    for (const route of governed().filter(({ path }) => path.includes('{projectId}'))) {
      const name = `${route.method} ${route.path}`
      for (const project of [foreign, 'PRJ_none', 'server'])
        expect([name, await knock(limited[role], route, project)]).toEqual([
          name,
          { status: 404, message: 'There is no such project' },
        ])
    }
  })

  test('is let in to the own one where the role suffices', async () => {
    for (const route of governed().filter(({ path }) => path.includes('{projectId}'))) {
      const suffices = roles.indexOf(role) >= roles.indexOf(route.role as Role)
      const { status } = await knock(limited[role], route, own)
      expect([route.method, route.path, status]).toEqual([route.method, route.path, suffices ? 400 : 403])
    }
  })

  test('is kept out of what belongs to the whole server, except for the list of the own projects', async () => {
    for (const route of governed().filter(({ path }) => !path.includes('{projectId}'))) {
      const { status } = await knock(limited[role], route, own)
      const isList = route.method === 'GET' && route.path === '/projects'
      expect([route.method, route.path, status]).toEqual([route.method, route.path, isList ? 400 : 403])
    }
    const { projects } = (await limited[role].get('/projects')).body
    expect(projects.map(({ projectId }: { projectId: string }) => projectId)).toEqual([own])
  })
})

test('a key opens the whole workspace, so nobody of a part of it makes or sees one', async () => {
  const { workspaceId } = (await owner.get(`/projects/${own}`)).body
  expect((await limited.operator.get(`/projects/${own}/keys`)).status).toBe(200)
  const sibling = (await owner.post('/projects', { name: 'Sibling', workspaceId })).body.projectId
  const refusal = {
    statusCode: 403,
    message: 'A key opens all projects of its workspace, and you do not have all of them',
  }
  expect(await limited.operator.get(`/projects/${own}/keys`)).toMatchObject({ status: 403, body: refusal })
  expect((await limited.operator.post(`/projects/${own}/keys`, { name: 'all' })).body).toEqual(refusal)
  await owner.patch(`/operators/${ids['limited-operator@example.test']}`, { projects: [own, sibling] })
  expect((await limited.operator.post(`/projects/${own}/keys`, { name: 'all' })).status).toBe(201)
  await owner.patch(`/operators/${ids['limited-operator@example.test']}`, { projects: [own] })
})

test('nobody who is not signed in is let in anywhere, nor learns what is there', async () => {
  const stranger = openBrowser(app)
  for (const route of routes.filter(({ security }) => security.length > 0)) {
    const { status, message } = await knock(stranger, route, own)
    expect([route.path, status, message]).toEqual([
      route.path,
      401,
      route.role === undefined ? 'Sign in first' : 'The admin token is needed',
    ])
  }
})

describe('operators', () => {
  test('are listed with what they may do, and no one with a secret', async () => {
    const { operators } = (await owner.get('/operators')).body
    expect(operators[0]).toMatchObject({
      email: 'owner@example.com',
      role: 'owner',
      projects: null,
      sessions: 1,
    })
    expect(operators).toContainEqual(
      expect.objectContaining({
        email: 'limited-viewer@example.test',
        name: 'limited-viewer',
        projects: [own],
      }),
    )
  })

  test('are invited once, with an address, a role and projects that go together', async () => {
    const post = (body: object) => owner.post('/operators', body)
    expect((await post({ email: 'viewer@example.test', role: 'viewer' })).status).toBe(409)
    for (const wrong of [
      { email: 'no address', role: 'viewer' },
      { email: 'new@example.test', role: 'admin' },
      { email: 'new@example.test' },
      { email: 'new@example.test', role: 'viewer', projects: ['PRJ_none'] },
      { email: 'new@example.test', role: 'viewer', projects: ['server'] },
      { email: 'new@example.test', role: 'viewer', projects: [] },
      { email: 'new@example.test', role: 'owner', projects: [own] },
      { email: 'new@example.test', role: 'viewer', name: '' },
    ])
      expect([wrong, (await post(wrong)).status]).toEqual([wrong, 400])
  })

  test('who are changed have their new rights at the next request', async () => {
    const { browser, id } = await invite(app, { email: 'rises@example.test', role: 'viewer' })
    const change = () => browser.patch(`/projects/${own}`, { name: 'Own' })
    expect((await change()).status).toBe(403)
    const risen = await owner.patch(`/operators/${id}`, { role: 'operator', name: 'Riser' })
    expect(risen).toMatchObject({
      status: 200,
      body: { id, role: 'operator', name: 'Riser', projects: null },
    })
    expect((await change()).status).toBe(200)
    await owner.patch(`/operators/${id}`, { projects: [foreign] })
    expect((await change()).status).toBe(404)
    expect((await owner.patch(`/operators/${id}`, { role: 'owner' })).status).toBe(400)
    expect((await owner.patch(`/operators/${id}`, {})).status).toBe(400)
    expect((await owner.patch('/operators/OPR_none', { name: 'x' })).status).toBe(404)
    expect((await owner.delete(`/operators/${id}`)).status).toBe(204)
    expect((await owner.delete(`/operators/${id}`)).status).toBe(404)
  })

  test('never lose their last owner, whoever asks and however many at once', async () => {
    const ownerId = (await owner.get('/session')).body.operator.id
    const secondId = ids['second@example.test'] ?? ''
    const answers = await Promise.all([
      owner.delete(`/operators/${secondId}`),
      browsers.owner.delete(`/operators/${ownerId}`),
      owner.patch(`/operators/${secondId}`, { role: 'viewer' }),
      browsers.owner.patch(`/operators/${ownerId}`, { role: 'viewer' }),
    ])
    expect(answers.filter(({ status }) => status === 200 || status === 204).length).toBeGreaterThan(0)
    const bearer = { authorization: `Bearer ${app.adminToken}` }
    const { operators } = (await app.get('/admin/v1/operators', bearer)).body
    const owners = operators.filter(({ role }: { role: string }) => role === 'owner')
    expect(owners.length).toBe(1)
    const last = `/admin/v1/operators/${owners[0].id}`
    const refusal = {
      statusCode: 409,
      message: 'The last owner cannot go: make another operator an owner first',
    }
    expect((await app.request('DELETE', last, { headers: bearer })).body).toEqual(refusal)
    expect((await app.request('PATCH', last, { headers: bearer, body: { role: 'viewer' } })).body).toEqual(
      refusal,
    )
  })
})
