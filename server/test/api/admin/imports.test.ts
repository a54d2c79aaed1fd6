import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'

/*
 * Imports of users through the admin API. What files are read, and how, is tested where the command is: cli/import.test.ts.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

const admin = (method: string, path: string, body?: unknown, node = app) =>
  node.request(method, `/admin/v1${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })
const createProject = async () =>
  `/projects/${(await admin('POST', '/projects', { name: 'Imported' })).body.projectId}`

/** Starts an import and resolves with what became of it. */
async function importInto(project: string, body: object) {
  const started = await admin('POST', `${project}/imports`, body)
  expect([started.status, started.body.state]).toEqual([202, 'running'])
  const path = `${project}/imports/${started.body.importId}`
  await until(async () => (await admin('GET', path)).body.state !== 'running')
  return (await admin('GET', path)).body
}

test('good lines are stored, bad ones named, and the import can be found again', async () => {
  const project = await createProject()
  const content = 'email,first_name\nada@example.com,Ada\nnobody,Bob\ncid@example.com,Cid\n'
  const done = await importInto(project, { content })
  expect(done).toMatchObject({
    state: 'finished',
    share: 1,
    lines: 3,
    stored: 2,
    badLines: 1,
    bad: [{ line: 3, reason: expect.stringContaining('email') }],
    problem: null,
  })
  expect(Date.parse(done.endedAt)).toBeGreaterThanOrEqual(Date.parse(done.createdAt))
  const { users } = (await admin('GET', `${project}/users`)).body
  expect(users.map(({ email }: { email: string }) => email)).toEqual(['ada@example.com', 'cid@example.com'])
  const again = await importInto(project, { content: '[{"email": "ada@example.com"}]', type: 'AGENT' })
  expect((await admin('GET', `${project}/imports`)).body.imports).toEqual([again, done])
  expect((await admin('GET', `${project}/imports?limit=1`)).body.imports).toEqual([again])
})

test('one that is all or none stores nothing beside a bad line, and one that cannot be read says why', async () => {
  const project = await createProject()
  const content = 'email\nada@example.com\nnobody\n'
  expect(await importInto(project, { content, keep: 'all-or-none' })).toMatchObject({
    state: 'finished',
    stored: 0,
    badLines: 1,
  })
  expect(await importInto(project, { content: 'email,shoe_size\na@example.com,42\n' })).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('there is no column "shoe_size"'),
  })
  const skipping = { content: 'email,shoe_size\na@example.com,42\n', skipUnknownColumns: true }
  expect(await importInto(project, skipping)).toMatchObject({
    state: 'finished',
    stored: 1,
    skipped: ['shoe_size'],
  })
})

test('one runs at a time in a project, tells how far it is, and is interrupted with its node', async () => {
  const project = await createProject()
  const other = await app.startSecondNode()
  const lines = Array.from({ length: 400 }, (_, nth) => `user${nth}@example.com,a quiet otter ${nth}`)
  const content = `email,password\n${lines.join('\n')}\n`
  const started = await admin('POST', `${project}/imports`, { content }, other)
  const path = `${project}/imports/${started.body.importId}`
  expect((await admin('POST', `${project}/imports`, { content })).status).toBe(409)
  await until(async () => (await admin('GET', path)).body.share > 0)
  await other.stop()
  expect((await admin('GET', path)).body).toMatchObject({ state: 'interrupted', endedAt: null })
  expect(await importInto(project, { content: 'email\nlate@example.com\n' })).toMatchObject({ stored: 1 })
})

test('K1: an import of another project is 404, and what cannot be read is 400', async () => {
  const project = await createProject()
  const { importId } = await importInto(project, { content: 'email\nada@example.com\n' })
  const other = await createProject()
  for (const path of [
    `${other}/imports/${importId}`,
    `${project}/imports/none`,
    '/projects/PRJ_none/imports',
  ])
    expect([path, (await admin('GET', path)).status]).toEqual([path, 404])
  expect((await admin('POST', '/projects/PRJ_none/imports', { content: 'email\n' })).status).toBe(404)
  for (const body of [
    {},
    { content: '' },
    { content: 7 },
    { content: 'email\n', type: 'ADMIN' },
    { content: 'email\n', keep: 'some' },
    { content: 'email\n', skipUnknownColumns: 'yes' },
    { content: 'email\n', file: 'x' },
  ])
    expect([body, (await admin('POST', `${project}/imports`, body)).status]).toEqual([body, 400])
  expect((await admin('GET', `${project}/imports?limit=0`)).status).toBe(400)
})

test('a file of some megabytes is taken', async () => {
  const project = await createProject()
  const content = `email\n${Array.from({ length: 3_000 }, (_, nth) => `user${nth}@${'long.'.repeat(20)}example.com`).join('\n')}\n`
  expect(content.length).toBeGreaterThan(300_000)
  expect(await importInto(project, { content })).toMatchObject({ lines: 3_000, stored: 3_000 })
})
