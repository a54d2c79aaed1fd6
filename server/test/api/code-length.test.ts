import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { createPeople, type People, widenProjects } from '../harness/people.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { routeSteps } from './route-steps.ts'

/*
 * Codes of another length than an API gives them: through every route, in messages and answers, and within the bounds on
 * what guessing may find.
 */

let app: TestApp
let people: People
let headers: Record<string, string>

beforeAll(async () => {
  app = await startTestApp()
  await widenProjects(app)
  people = await createPeople(app)
  headers = { authorization: `Bearer ${app.adminToken}` }
})
afterAll(() => app?.stop())

const patch = (projectId: string, codeLength: unknown) =>
  app.request('PATCH', `/admin/v1/projects/${projectId}`, { body: { settings: { codeLength } }, headers })

/** Every project of the demo, and until every mount believes it. */
async function setEverywhere(codeLength: number | null): Promise<void> {
  for (const { demo } of dialects) expect((await patch(demo.projectId, codeLength)).status).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 700))
}

const rowsOf = (address: string) =>
  app.db.query<{ digits: number; tries: number; tries_max: number }>(
    'select digits, tries, tries_max from challenges where address = $1 order by id desc limit 1',
    [address],
  )

describe.each([5, 7, 10])('codes of %i digits', (length) => {
  beforeAll(() => setEverywhere(length))

  test.each(routeSteps)('serve $name', async ({ prepare, status }) => {
    const { method, path, ...request } = await prepare(people)
    expect((await app.request(method, path, request)).status).toBe(status)
  })

  test('V3 V8: have that length, its attempts, and are looked at in that length alone', async () => {
    const { phone, national } = await people.newCitizen()
    const sent = await app.post('/otp', { type: 'create', phoneNumber: national })
    const code = await people.codeFor(phone)
    expect(code).toHaveLength(length)
    expect(sent.body.data.otp).toHaveLength(length)
    expect((await app.get(`/dev/inbox?to=${encodeURIComponent(phone)}`)).body[0].text).toContain(code)

    for (const otp of [code.slice(1), `${code}0`, '123456'.slice(0, length === 6 ? 5 : 6)])
      expect((await app.post('/otp/verify', { phoneNumber: national, otp })).status).toBe(400)
    const attemptsMax = length === 5 ? 3 : 5
    expect(await rowsOf(phone)).toEqual([{ digits: length, tries: 0, tries_max: attemptsMax }])
    expect((await app.post('/otp/verify', { phoneNumber: national, otp: code })).status).toBe(200)
  })

  test('a wrong length is told as the issue of its field', async () => {
    const email = people.newEmail()
    const answer = await app.post('/auth/verify', { email, code: '123456789' }, { 'accept-language': 'en' })
    expect(answer.status).toBe(400)
    expect(answer.body.data.errors).toEqual([
      { field: 'code', message: 'The code must have as many digits as the code that was sent' },
    ])
  })
})

describe('a length', () => {
  const [project = ''] = dialects.map(({ demo }) => demo.projectId)

  test.each([[4], [11], ['6'], [{}], [{ service: 4 }], [[6]]])(
    'V4: that breaks the bounds on guessing is refused with the reason: %j',
    async (codeLength) => {
      const { status, body } = await patch(project, codeLength)
      expect(status).toBe(400)
      expect(body.message).toContain('settings.codeLength must be a whole number of digits from 5 to 10')
      expect(body.message).toContain('would be found too often before the lock of an address')
    },
  )

  test('of a purpose that there is not is refused', async () => {
    const { status, body } = await patch(project, { service: 8, servcie: 7 })
    expect(status).toBe(400)
    expect(body.message).toContain('settings.codeLength names servcie, which is not a purpose; there are ')
  })

  test('of one purpose leaves the others as they are', async () => {
    await setEverywhere(null)
    const { demo } = dialects.find(({ name }) => name === 'account') ?? expect.unreachable()
    expect((await patch(demo.projectId, { 'account-login': 9 })).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 700))
    const email = await people.newUser()
    await people.ask('/auth/otp/generate', { email, purpose: 'FORGOT_PASSWORD' })
    expect(await people.codeFor(email)).toHaveLength(6)
    await people.ask('/auth/login/otp/generate', { email })
    const code = await people.codeFor(email)
    expect(code).toHaveLength(9)
    expect((await app.post('/auth/login/otp', { email, code })).status).toBe(200)
  })
})
