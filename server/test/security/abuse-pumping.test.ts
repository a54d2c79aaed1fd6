import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  atOnce,
  countStatuses,
  createServiceCaller,
  type ServiceCaller,
} from '../api/service/service-caller.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * Pumping protection, over HTTP and on two nodes.
 */

let app: TestApp
let second: TestApp
beforeAll(async () => {
  app = await startTestApp()
  second = await app.startSecondNode()
})
afterAll(async () => {
  await second?.stop()
  await app?.stop()
})

let numbers = 0
/** A number of the prefix +225070 that no test has used, or of another of the same form. */
const nextNumber = (prefix = '+225070') => {
  numbers += 1
  return `${prefix}${String(numbers).padStart(7, '0')}`
}

const minute = 60_000
const hour = 60 * minute

const newCaller = (limit = { sends: 40, verifiedPercent: 5, surgeSends: 50, surgeFactor: 5 }) =>
  createServiceCaller(app, { settings: { region: 'CI', rateLimit: null, pumpingLimit: limit } })

const sendTo = ({ headers }: ServiceCaller, target: string, node = app) =>
  node.post('/api/v1/otp/send', { target, channel: 'whatsapp' }, headers)

/** Sends to new numbers of a prefix, alternating between the two nodes. */
const pump = (caller: ServiceCaller, count: number, prefix?: string) =>
  atOnce(count, (index) => sendTo(caller, nextNumber(prefix), index % 2 === 0 ? app : second))

async function sendAndVerify(caller: ServiceCaller): Promise<void> {
  const target = nextNumber()
  expect((await sendTo(caller, target)).status).toBe(201)
  const code = await app.inbox.lastCode(target)
  expect((await caller.verify({ target, code })).body.valid).toBe(true)
}

const admin = () => ({ authorization: `Bearer ${app.adminToken}` })
const listBrakes = async ({ project }: ServiceCaller) =>
  (await app.get(`/admin/v1/projects/${project.id}/stopped-prefixes`, admin())).body.stoppedPrefixes

describe('few verified', () => {
  test('S4: of many simultaneous sends on two nodes exactly so many pass, then the prefix stops for an hour', async () => {
    const caller = await newCaller()
    expect(countStatuses(await pump(caller, 100))).toEqual({ 201: 40, 429: 60 })
    const refused = await sendTo(caller, nextNumber())
    expect(refused.body.message).toBe('Messages to this destination are stopped for now')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)

    await app.moveClock(hour)
    expect((await sendTo(caller, nextNumber())).status).toBe(201)
  })

  test('S4: the stop is alerted once, by log and event, and other prefixes and projects go on', async () => {
    const [caller, other] = [await newCaller(), await newCaller()]
    const logged = () =>
      [...app.logLines, ...second.logLines]
        .map((line) => JSON.parse(line))
        .filter(({ event, projectId }) => event === 'destination-stopped' && projectId === caller.project.id)
    await pump(caller, 60)
    expect(logged()).toMatchObject([{ prefix: '+225070', reason: 'few-verified', sends: 40, verified: 0 }])
    const events = await app.db.query(
      `select details from events where project_id = $1 and type = 'destination.stopped'`,
      [caller.project.id],
    )
    expect(events).toMatchObject([{ details: { prefix: '+225070', reason: 'few-verified', sends: 40 } }])

    expect((await sendTo(caller, nextNumber('+225050'))).status).toBe(201)
    expect((await sendTo(other, nextNumber())).status).toBe(201)
    expect((await caller.send({ target: 'ada@example.com', channel: 'email' })).status).toBe(201)
  })

  test('S4: where one in twenty is verified nothing stops, and sends of an hour ago count no more', async () => {
    const caller = await newCaller()
    await sendAndVerify(caller)
    await sendAndVerify(caller)
    expect(countStatuses(await pump(caller, 40))).toEqual({ 201: 39, 429: 1 })

    const slow = await newCaller()
    expect(countStatuses(await pump(slow, 30))).toEqual({ 201: 30 })
    await app.moveClock(hour + 5 * minute)
    expect(countStatuses(await pump(slow, 30))).toEqual({ 201: 30 })
  })

  test('S4: a send that spans two clock hours is still one hour', async () => {
    const caller = await newCaller()
    await pump(caller, 30)
    await app.moveClock(30 * minute)
    expect(countStatuses(await pump(caller, 30))).toEqual({ 201: 10, 429: 20 })
  })
})

describe('surge', () => {
  const age = ({ project }: ServiceCaller, days: number) =>
    app.db.query(`update projects set created_at = created_at - $2 * interval '1 day' where id = $1`, [
      project.id,
      days,
    ])
  const lenient = { sends: 1_000, verifiedPercent: 5, surgeSends: 50, surgeFactor: 5 }

  test('S4: in a project with a week behind it, more than fifty to a new prefix stop it', async () => {
    const caller = await newCaller(lenient)
    await age(caller, 8)
    expect(countStatuses(await pump(caller, 60))).toEqual({ 201: 50, 429: 10 })
    expect(await listBrakes(caller)).toMatchObject([{ prefix: '+225070', reason: 'surge' }])
  })

  test('S4: five times the hourly mean of the week pass', async () => {
    const caller = await newCaller(lenient)
    await age(caller, 8)
    await sendTo(caller, nextNumber())
    // 20 an hour for eight days.
    await app.db.query(
      `update destinations set days = array[1, 480, 480, 480, 480, 480, 480, 480] where project_id = $1`,
      [caller.project.id],
    )
    const accepted = countStatuses(await pump(caller, 130))[201] ?? 0
    expect(accepted).toBeGreaterThan(84)
    expect(accepted).toBeLessThanOrEqual(101)
  })

  test('S4: a new project has no week to be compared with', async () => {
    const caller = await newCaller(lenient)
    expect(countStatuses(await pump(caller, 60))).toEqual({ 201: 60 })
  })
})

describe('release', () => {
  test('S4: an operator releases a prefix by the admin API, and for a day nothing stops it', async () => {
    const caller = await newCaller()
    await pump(caller, 50)
    const [stop] = await listBrakes(caller)
    expect(stop).toMatchObject({ projectId: caller.project.id, sends: 40, verified: 0 })
    const release = (prefix: string) =>
      app.post(`/admin/v1/projects/${caller.project.id}/stopped-prefixes/release`, { prefix }, admin())
    expect((await release('+1555')).status).toBe(404)
    expect((await release(stop.prefix)).body).toEqual({ prefix: '+225070', released: true })
    expect(await listBrakes(caller)).toEqual([])
    expect(countStatuses(await pump(caller, 60))).toEqual({ 201: 60 })
    await app.moveClock(24 * hour)
    expect(countStatuses(await pump(caller, 60))).toEqual({ 201: 40, 429: 20 })
  })

  test('S4: and by the command line', async () => {
    const caller = await newCaller()
    await pump(caller, 41)
    const env = { DATABASE_URL: app.db.connectionString }
    const list = await runCommand(['prefixes', 'list', '--project', caller.project.id, '--json'], { env })
    expect(JSON.parse(list.stdout)).toMatchObject([{ prefix: '+225070', reason: 'few-verified' }])
    const release = ['prefixes', 'release', '225070', '--project', caller.project.id]
    expect(await runCommand(release, { env })).toMatchObject({ code: 0, stdout: 'Released +225070\n' })
    expect(await runCommand(release, { env })).toMatchObject({ code: 1 })
    expect((await sendTo(caller, nextNumber())).status).toBe(201)
  })

  test('S4: a project may do without', async () => {
    const caller = await createServiceCaller(app, {
      settings: { region: 'CI', rateLimit: null, pumpingLimit: null },
    })
    expect(countStatuses(await pump(caller, 250))).toEqual({ 201: 250 })
    expect(
      await app.db.query('select * from destinations where project_id = $1', [caller.project.id]),
    ).toEqual([])
  })

  test('S4: as it comes, the 201st of 200 that nobody verifies is refused', async () => {
    const caller = await createServiceCaller(app, { settings: { region: 'CI', rateLimit: null } })
    expect(countStatuses(await pump(caller, 220))).toEqual({ 201: 200, 429: 20 })
  })
})
