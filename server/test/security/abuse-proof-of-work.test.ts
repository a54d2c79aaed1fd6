import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { solveWork } from '../harness/solve-work.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The proof of work that a project can require of senders without a key.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await app.changeProject(app.projects.mobile, { settings: { proofOfWork: 1_000 } })
})
afterAll(() => app?.stop())

let numbers = 0
const send = (headers: Record<string, string> = {}, node = app) => {
  numbers += 1
  const mobile = `98${String(numbers).padStart(8, '0')}`
  return node.post('/api/auth/otp/send', { mobile, countryCode: '+91', type: 'signup' }, headers)
}
const getPuzzle = async () => (await app.get('/api/auth/otp/altcha')).body

/** The payload with one thing changed. */
function forge(solution: string, change: (payload: ReturnType<typeof JSON.parse>) => void): string {
  const payload = JSON.parse(Buffer.from(solution, 'base64').toString())
  change(payload)
  return Buffer.from(JSON.stringify(payload)).toString('base64')
}

describe('proof of work', () => {
  test('S10: a project that asks for none takes sends as documented, with a solution or a forged one as well', async () => {
    expect((await app.get('/auth/altcha')).status).toBe(200)
    const body = { email: 'forged@example.com', purpose: 'LOGIN_CONFIRMATION' }
    expect((await app.post('/auth/otp/generate', body, { 'x-altcha': 'forged' })).status).toBe(200)
    expect(
      (await app.post('/auth/otp/generate', { email: 'a@example.com', purpose: 'LOGIN_CONFIRMATION' }))
        .status,
    ).toBe(200)
  })

  test('S10: a send without a solution is refused, and one with it is sent, in the documented form', async () => {
    expect(await send()).toMatchObject({
      status: 400,
      body: { success: false, message: expect.stringContaining('A proof of work is required') },
    })
    const puzzle = await app.get('/api/auth/otp/altcha')
    expect(puzzle.status).toBe(200)
    expect(puzzle.headers.get('cache-control')).toBe('no-store')
    expect(puzzle.body).toMatchObject({
      parameters: { algorithm: 'SHA-256', keyLength: 32, keyPrefix: expect.stringMatching(/^0+$/) },
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await send({ 'x-altcha': solveWork(puzzle.body) })).toMatchObject({
      status: 200,
      body: { success: true, message: 'OTP sent successfully' },
    })
  })

  test.each([
    ['citizen', '/otp', { type: 'create', phoneNumber: '0123456789' }],
    ['account', '/auth/login/otp/generate', { email: 'a@example.com' }],
    ['kikapu', '/auth/api/resend-otp/', { phoneNumber: '+255712345678' }],
    ['mobile', '/api/auth/otp/send', { mobile: '9800000000', countryCode: '+91', type: 'signup' }],
  ] as const)('S10: the refusal of %s names the route that gives puzzles', async (dialect, path, body) => {
    await app.changeProject(app.projects[dialect], { settings: { proofOfWork: 1_000 } })
    for (const language of ['en', 'fr']) {
      const refused = await app.post(path, body, { 'accept-language': language })
      const [, route = ''] = /GET (\S+)/.exec(refused.body.message) ?? []
      expect([refused.status, (await app.get(route)).status]).toEqual([400, 200])
    }
  })

  test('S10: of many simultaneous uses of one solution on two nodes one passes', async () => {
    const second = await app.startSecondNode()
    try {
      const solution = solveWork(await getPuzzle())
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send({ 'x-altcha': solution }, index % 2 === 0 ? app : second),
        ),
      )
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    } finally {
      await second.stop()
    }
  })

  test('S10: nothing but the right solution of our own puzzle passes', async () => {
    const solution = solveWork(await getPuzzle())
    const wrong = [
      '',
      'x',
      '{}',
      solution.slice(0, 40),
      'A'.repeat(4_000),
      forge(solution, (payload) => (payload.solution.counter += 1)),
      forge(solution, (payload) => (payload.solution.counter = '7')),
      forge(solution, (payload) => (payload.challenge.parameters.cost = 1)),
      forge(solution, (payload) => (payload.challenge.parameters.keyPrefix = '0')),
      forge(solution, (payload) => (payload.challenge.parameters.expiresAt += 600)),
      forge(solution, (payload) => (payload.challenge.parameters.nonce = 'f'.repeat(32))),
      forge(solution, (payload) => (payload.challenge.signature = '0'.repeat(64))),
      forge(solution, (payload) => (payload.challenge = null)),
    ]
    for (const forged of wrong)
      expect([forged, (await send({ 'x-altcha': forged })).status]).toEqual([forged, 400])
    expect((await send({ 'x-altcha': solution })).status).toBe(200)
  })

  test('S10: a puzzle of one project opens nothing in another', async () => {
    await app.changeProject(app.projects.account, { settings: { proofOfWork: 1_000 } })
    const solution = solveWork(await getPuzzle())
    const body = { email: 'b@example.com', purpose: 'LOGIN_CONFIRMATION' }
    expect((await app.post('/auth/otp/generate', body, { 'x-altcha': solution })).status).toBe(400)
    const own = solveWork((await app.get('/auth/altcha')).body)
    expect((await app.post('/auth/otp/generate', body, { 'x-altcha': own })).status).toBe(200)
  })

  test('S10: callers from an allowed network, and callers with a key, do no work', async () => {
    await app.changeProject(app.projects.service, { settings: { proofOfWork: 1_000 } })
    const keyed = { target: 'c@example.com', channel: 'email' }
    expect((await app.post('/api/v1/otp/send', keyed, app.serviceHeaders)).status).toBe(201)
    await app.changeProject(app.projects.mobile, { settings: { allow: ['127.0.0.0/8'] } })
    expect((await send()).status).toBe(200)
    await app.changeProject(app.projects.mobile, { settings: { allow: [], deny: ['127.0.0.1'] } })
    const refused = await send({ 'x-altcha': solveWork(await getPuzzle()) })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
    await app.changeProject(app.projects.mobile, { settings: { deny: [] } })
  })

  test('S10, V10: a solution expires by the clock of the database', async () => {
    const solution = solveWork(await getPuzzle())
    await app.moveClock(10 * 60_000)
    expect((await send({ 'x-altcha': solution })).status).toBe(400)
    expect((await send({ 'x-altcha': solveWork(await getPuzzle()) })).status).toBe(200)
  })
})
