import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * The sessions of a user, as an operator lists and ends them.
 */

let app: TestApp
let other: TestApp
beforeAll(async () => {
  app = await startTestApp()
  other = await app.startSecondNode()
})
afterAll(async () => {
  await other?.stop()
  await app?.stop()
})

const password = 'a quiet otter'
const admin = (method: string, path: string) =>
  app.request(method, `/admin/v1/projects/${app.projects.account}${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
  })

/** A user with some open sessions. */
async function createUser(email: string, logins: number) {
  await app.post('/auth/register', { email, password, firstname: 'A', lastname: 'B' })
  await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
  const sessions: { accessToken: string; refreshToken: string }[] = []
  for (let nth = 0; nth < logins; nth += 1)
    sessions.push((await app.post('/auth/login', { email, password })).body.data)
  const { users } = (await admin('GET', `/users?email=${encodeURIComponent(email)}`)).body
  return { path: `/users/${users[0].userId}/sessions`, sessions }
}

const statusOf = async ({ accessToken }: { accessToken: string }, node = other) =>
  (await node.get('/auth/me', { authorization: `Bearer ${accessToken}` })).status
const refresh = async ({ refreshToken }: { refreshToken: string }) =>
  (await other.post('/auth/refresh', { refreshToken })).status
const endsOf = async () =>
  (await admin('GET', '/events?limit=1000')).body.events.filter(
    ({ type, details }: { type: string; details: { reason: string } }) =>
      type === 'session.ended' && details.reason === 'operator',
  )

test('are listed newest first, in pages, without those that have ended', async () => {
  const { path, sessions } = await createUser('lister@example.com', 3)
  const { body } = await admin('GET', path)
  expect(body.next).toBeNull()
  expect(body.sessions).toHaveLength(3)
  expect(body.sessions[0]).toMatchObject({ mount: 'account', createdAt: expect.any(String) })
  const ids = body.sessions.map(({ sessionId }: { sessionId: string }) => sessionId)
  const first = (await admin('GET', `${path}?limit=2`)).body
  expect(first).toMatchObject({ sessions: [{ sessionId: ids[0] }, { sessionId: ids[1] }], next: ids[1] })
  expect((await admin('GET', `${path}?limit=2&after=${first.next}`)).body).toMatchObject({
    sessions: [{ sessionId: ids[2] }],
    next: null,
  })
  await app.post('/auth/logout', sessions[0], { authorization: `Bearer ${sessions[0]?.accessToken}` })
  expect((await admin('GET', path)).body.sessions).toHaveLength(2)
})

test('T4: one that an operator ends is dead on every node, and the others live on', async () => {
  const { path, sessions } = await createUser('one@example.com', 2)
  const [older, newer] = sessions as [(typeof sessions)[0], (typeof sessions)[0]]
  const [last] = (await admin('GET', path)).body.sessions
  expect((await admin('DELETE', `${path}/${last.sessionId}`)).status).toBe(204)
  expect([await statusOf(newer), await refresh(newer)]).toEqual([401, 401])
  expect([await statusOf(older), await refresh(older)]).toEqual([200, 200])
  expect((await admin('DELETE', `${path}/${last.sessionId}`)).status).toBe(404)
  expect(await endsOf()).toMatchObject([{ details: { sessionId: last.sessionId, reason: 'operator' } }])
})

test('T4: all of a user end at once, those of others do not, and each is in the audit once', async () => {
  const { path, sessions } = await createUser('all@example.com', 3)
  const { sessions: kept } = await createUser('kept@example.com', 1)
  const before = (await endsOf()).length
  expect((await admin('DELETE', path)).body).toEqual({ ended: 3 })
  for (const session of sessions)
    expect([await statusOf(session), await refresh(session)]).toEqual([401, 401])
  for (const session of kept) expect(await statusOf(session)).toBe(200)
  expect((await endsOf()).length).toBe(before + 3)
  expect((await admin('DELETE', path)).body).toEqual({ ended: 0 })
})

test('answer 404 for users and sessions that are not there, and 400 for what cannot be read', async () => {
  const { path } = await createUser('path@example.com', 1)
  const { path: foreign } = await createUser('foreign@example.com', 1)
  const [session] = (await admin('GET', foreign)).body.sessions
  for (const [method, wrong] of [
    ['GET', '/users/999/sessions'],
    ['GET', '/users/none/sessions'],
    ['DELETE', '/users/999/sessions'],
    ['DELETE', `${path}/none`],
    ['DELETE', `${path}/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0`],
    ['DELETE', `${path}/${session.sessionId}`],
    ['DELETE', `/users/none/sessions/${session.sessionId}`],
  ] as const)
    expect([method, wrong, (await admin(method, wrong)).status]).toEqual([method, wrong, 404])
  for (const query of ['?after=none', '?limit=0', '?limit=201', '?nonsense=1'])
    expect([query, (await admin('GET', path + query)).status]).toEqual([query, 400])
})
