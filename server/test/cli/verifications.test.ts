import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { untilDelivered } from '../slow/races/invariants.ts'

/* What operators ask of codes, users and businesses, on the command line beside a running server. */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

const run = (...parameters: string[]) =>
  runCommand(parameters, { env: { DATABASE_URL: app.db.connectionString } })
const json = async (...parameters: string[]) => {
  const { stdout, stderr, code } = await run(...parameters, '--json')
  expect([parameters, stderr]).toEqual([parameters, ''])
  return { code, value: JSON.parse(stdout) }
}
const admin = (path: string) =>
  app.get(`/admin/v1/projects/${app.projects.service}${path}`, { authorization: `Bearer ${app.adminToken}` })
const service = () => ['--project', app.projects.service]

describe('codes', () => {
  let id: string
  beforeAll(async () => {
    const target = 'kim@example.test'
    const sent = await app.post(
      '/api/v1/otp/send',
      { target, channel: 'email', recordId: 'order_1' },
      app.serviceHeaders,
    )
    id = sent.body.recordId
    await untilDelivered(app)
    await app.post(
      '/api/v1/otp/verify',
      { target, code: await app.inbox.lastCode(target), recordId: 'order_1' },
      app.serviceHeaders,
    )
  })

  test('`verifications list` and `show` print what the admin API answers', async () => {
    const { value } = await json('verifications', 'list', '--search', 'KIM@example.test', ...service())
    expect(value).toEqual((await admin('/verifications?search=order_1')).body)
    expect(value.verifications).toMatchObject([{ verificationId: id, outcome: 'verified' }])
    expect((await json('verifications', 'show', id, ...service())).value).toEqual(
      (await admin(`/verifications/${id}`)).body,
    )
    const listed = await run('verifications', 'list', '--outcome', 'verified', ...service())
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining('k***@example.test')])
    const shown = await run('verifications', 'show', id, ...service())
    expect(shown.stdout).toMatch(/requested[\s\S]+handed-over[\s\S]+verified/)
    expect((await run('verifications', 'list', '--search', 'nobody', ...service())).stderr).toContain(
      'no such verification',
    )
  })

  test('`verifications reveal` prints the address, for a reason that the audit keeps (L1)', async () => {
    const reason = 'ticket 4711: no code came'
    const { stdout, code } = await run('verifications', 'reveal', id, '--reason', reason, ...service())
    expect([code, stdout]).toEqual([0, 'kim@example.test\n'])
    const { events } = (await admin('/events?limit=1000')).body
    expect(events.at(-1)).toMatchObject({ type: 'address.revealed', challengeId: id, details: { reason } })
    expect((await run('verifications', 'reveal', id, '--reason', 'no', ...service())).code).toBe(2)
    expect(
      (await run('verifications', 'reveal', '0'.repeat(24), '--reason', reason, ...service())).code,
    ).toBe(1)
  })

  test('`overview` and `state` print what the admin API answers', async () => {
    const { value } = await json('overview', ...service())
    expect(value).toEqual((await admin('/overview')).body)
    expect(value.total).toMatchObject({ sent: 1, verified: 1 })
    const table = await run('overview', ...service())
    expect(table.stdout).toContain('100.0 %')
    expect(await json('state', ...service())).toMatchObject({
      code: 0,
      value: { isWell: true, problems: [] },
    })
    expect((await json('state')).value.nodes).toHaveLength(1)
    expect((await run('state')).stdout).toBe('Nothing is wrong.\n')
    const spend = `update quotas set tokens_granted = tokens_used where project_id = '${app.projects.service}'`
    await app.db.query(spend)
    const wrong = await run('state')
    expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining('tokens are used')])
  })

  test.each([
    [['verifications', 'list', '--channel', 'fax'], '--channel takes email'],
    [['verifications', 'list', '--outcome', 'lost'], '--outcome takes verified'],
    [['verifications', 'list', '--country', 'XX'], '--country takes two letters'],
    [['verifications', 'list', '--limit', '0'], '--limit takes a whole number'],
    [['verifications', 'list', '--after', 'x'], '--after takes the id'],
    [['verifications', 'list', '--from', 'then'], '--from takes'],
    [['overview', '--step', 'week'], '--step takes minute'],
    [['overview', '--from', '2100-01-01'], 'from must lie before until'],
  ])('%j is a mistake that is explained', async (parameters, message) => {
    const { code, stderr } = await run(...parameters, ...service())
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('users and businesses', () => {
  const account = () => ['--project', app.projects.account]

  test('T4: sessions are listed and ended', async () => {
    const [email, password] = ['sid@example.test', 'a quiet otter']
    await app.post('/auth/register', { email, password, firstname: 'S', lastname: 'S' })
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    const { data } = (await app.post('/auth/login', { email, password })).body
    await app.post('/auth/login', { email, password })
    const [user] = (await json('users', 'list', '--email', email, ...account())).value
    const id = String(user.userId)
    const sessions = (await json('users', 'sessions', id, ...account())).value
    expect(sessions).toHaveLength(2)
    expect((await run('users', 'sessions', id, ...account())).stdout).toContain(sessions[0].sessionId)
    const one = ['--session', sessions[0].sessionId]
    expect((await json('users', 'end-sessions', id, ...one, ...account())).value).toEqual({ ended: 1 })
    expect((await run('users', 'end-sessions', id, ...one, ...account())).code).toBe(1)
    expect((await json('users', 'end-sessions', id, ...account())).value).toEqual({ ended: 1 })
    expect((await app.get('/auth/me', { authorization: `Bearer ${data.accessToken}` })).status).toBe(401)
    expect((await run('users', 'sessions', '9999', ...account())).code).toBe(1)
    expect((await run('users', 'end-sessions', id, '--session', 'x', ...account())).code).toBe(2)
  })

  test('businesses are listed, changed, joined, left and removed', async () => {
    const { businessId } = (await json('businesses', 'create', 'Bar', '--type', 'bar', ...account())).value
    const id = String(businessId)
    const [user] = (await json('users', 'list', ...account())).value
    const userId = String(user.userId)
    expect(
      (await json('businesses', 'update', id, '--name', 'Café', '--verified', ...account())).value,
    ).toEqual({
      businessId,
      name: 'Café',
      type: 'bar',
      isVerified: true,
    })
    expect((await json('businesses', 'list', ...account())).value).toContainEqual({
      businessId,
      name: 'Café',
      type: 'bar',
      isVerified: true,
    })
    await json('businesses', 'join', id, userId, ...account())
    expect((await json('businesses', 'members', id, ...account())).value).toMatchObject([
      { userId: user.userId },
    ])
    await json('businesses', 'leave', id, userId, ...account())
    expect((await run('businesses', 'leave', id, userId, ...account())).code).toBe(1)
    expect((await run('businesses', 'update', id, ...account())).code).toBe(2)
    expect((await json('businesses', 'delete', id, ...account())).value).toEqual({
      businessId,
      deleted: true,
    })
    for (const gone of [
      ['delete', id],
      ['members', id],
      ['update', id, '--name', 'x'],
      ['join', id, userId],
    ])
      expect([gone, (await run('businesses', ...gone, ...account())).code]).toEqual([gone, 1])
  })
})
