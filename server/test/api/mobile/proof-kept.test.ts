import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeople, type People } from '../../harness/people.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/* The proof of a code and the session that it opens are stored together or not at all. */

let app: TestApp
let people: People
beforeAll(async () => {
  app = await startTestApp()
  people = await createPeople(app)
})
afterAll(() => app?.stop())

/** Nobody can open a session until what this returns is called. */
async function lockSessions(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: app.db.connectionString })
  await client.connect()
  await client.query('begin; lock table sessions in access exclusive mode')
  return () => client.end()
}

test('I9 T1: a login that was answered 503 leaves the proof, which then opens one session', async () => {
  const mobile = await people.newMember()
  const body = { mobile, verificationToken: await people.proveMobile(mobile, 'login') }
  const logIn = () => app.post('/api/auth/otp/login', body)

  const unlock = await lockSessions()
  try {
    expect((await logIn()).status).toBe(503)
  } finally {
    await unlock()
  }

  const answers = await Promise.all([logIn(), logIn(), logIn()])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
  expect((await logIn()).status).toBe(400)
})
