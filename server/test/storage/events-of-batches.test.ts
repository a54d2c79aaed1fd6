import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordExpiry } from '../../src/storage/stores/record-expiry.ts'
import { createAuditWorld, type Line } from '../harness/audit-world.ts'
import type { TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'
import { startWebhookReceiver } from '../providers/webhook-receiver.ts'

/*
 * What happens to many challenges at once is one row of `events`. Everybody who reads events is given them one by one.
 */

const together = 24

let app: TestApp
const { start, run, exportOf, ownOf, createProject } = createAuditWorld()
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.stop())

type Project = Awaited<ReturnType<typeof createProject>>

const addresses = Array.from({ length: together }, (_, nth) => `person${nth}@example.test`)

/** Sends to all addresses at once, so that most of them are decided in a few batches. */
async function sendTogether(project: Project): Promise<void> {
  const answers = await Promise.all(addresses.map((address) => project.send(address)))
  expect(answers.map(({ status }) => status)).toEqual(addresses.map(() => 201))
}

const revealed = (project: Project) => exportOf(project.id, '--reveal', '--reason', 'to compare them')

const ofType = (lines: Line[], wanted: string) => lines.filter(({ type }) => type === wanted)

async function countRows(project: Project, type: string): Promise<number> {
  const [row] = await app.db.query<{ count: number }>(
    'select count(*)::integer as count from events where project_id = $1 and type = $2',
    [project.id, type],
  )
  return row?.count ?? 0
}

/** Whether the event is not the first of its row. */
const isWithinRow = ({ eventId }: Line) => Number.parseInt(eventId.slice(-2), 16) % 64 !== 0

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1/projects/${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })

test('L1, I10: what happens to many codes at once is on record for each of them, in fewer rows', async () => {
  const project = await createProject()
  await sendTogether(project)
  expect(await countRows(project, 'challenge.created')).toBeLessThan(together)

  const created = ofType(await revealed(project), 'challenge.created')
  expect(created.map(({ address }) => address).sort()).toEqual([...addresses].sort())
  expect(new Set(created.map(({ eventId }) => eventId)).size).toBe(together)
  expect(new Set(created.map(({ challengeId }) => challengeId)).size).toBe(together)
  expect(created.some(isWithinRow)).toBe(true)

  const codes = await Promise.all(addresses.map((address) => app.inbox.lastCode(address)))
  await Promise.all(addresses.map((address, nth) => project.verify(address, codes[nth] ?? '')))
  const verified = ofType(await revealed(project), 'challenge.verified')
  expect(await countRows(project, 'challenge.verified')).toBeLessThan(together)
  const whose = (lines: Line[]) => lines.map(({ challengeId, address }) => `${challengeId} ${address}`).sort()
  expect(whose(verified)).toEqual(whose(created))
})

describe('pages', () => {
  let project: Project
  let lines: Line[]
  beforeAll(async () => {
    project = await createProject()
    await sendTogether(project)
    lines = await ownOf(project.id)
  })

  const page = async (query: string): Promise<{ events: Line[]; next: string | null }> => {
    const { status, body } = await admin('GET', `${project.id}/events?${query}`)
    expect(status).toBe(200)
    return body
  }
  const idsOf = (some: { eventId: string }[]) => some.map(({ eventId }) => eventId)

  test.each([1, 2, 7, together, 1_000])('of %i hold every event once and in order', async (limit) => {
    const paged: Line[] = []
    for (let after = ''; ; ) {
      const { events, next } = await page(`limit=${limit}${after}`)
      expect(events.length).toBeLessThanOrEqual(limit)
      paged.push(...events)
      if (next === null) break
      after = `&after=${next}`
    }
    expect(paged).toEqual(lines)
  })

  test('begin after any event that was ever shown, also in the middle of a row', async () => {
    for (const [index, { eventId }] of lines.entries())
      expect(idsOf((await page(`limit=1000&after=${eventId}`)).events)).toEqual(idsOf(lines.slice(index + 1)))
  })

  test('are bounded by the moments of events', async () => {
    const moments = [...new Set(lines.map((line) => (line as Line & { at: string }).at))]
    for (const moment of moments) {
      const isBefore = (line: Line) => (line as Line & { at: string }).at < moment
      const since = await page(`limit=1000&from=${moment}`)
      expect(idsOf(since.events)).toEqual(idsOf(lines.filter((line) => !isBefore(line))))
      const before = await page(`limit=1000&until=${moment}`)
      expect(idsOf(before.events)).toEqual(idsOf(lines.filter(isBefore)))
    }
  })
})

describe('a webhook', () => {
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>
  beforeEach(async () => {
    receiver = await startWebhookReceiver()
  })
  afterEach(() => receiver.stop())
  const received = () =>
    receiver.received.map(({ event }) => event.data as { eventId: string; address: string })

  test('is told each event of a row once, with its own address, and again by its id or its time', async () => {
    const project = await createProject()
    const wish = { url: receiver.url(), eventTypes: ['challenge.created'] }
    const { webhookId } = (await admin('POST', `${project.id}/webhooks`, wish)).body
    await sendTogether(project)
    await until(() => received().length >= together)

    const created = ofType(await revealed(project), 'challenge.created')
    const told = (events: { eventId: string; address: string | null }[]) =>
      events.map(({ eventId, address }) => `${eventId} ${address}`).sort()
    expect(told(received())).toEqual(told(created))
    const path = `${project.id}/webhooks/${webhookId}`
    const states = async () =>
      (await admin('GET', `${path}/deliveries`)).body.deliveries.map(
        ({ type, state }: { type: string; state: string }) => `${type} ${state}`,
      )
    await until(async () =>
      (await states()).every((state: string) => state === 'challenge.created delivered'),
    )
    expect(await states()).toHaveLength(together)

    const again = created.find(isWithinRow) as Line
    const replayed = await admin('POST', `${path}/replay`, { eventId: again.eventId })
    expect(replayed).toMatchObject({ status: 202, body: { deliveries: 1 } })
    await until(() => received().length > together)
    expect(told(received().slice(together))).toEqual(told([again]))

    const everything = { from: '2020-01-01T00:00:00Z', until: '2090-01-01T00:00:00Z' }
    expect((await admin('POST', `${path}/replay`, everything)).body).toEqual({ deliveries: together })
    await until(() => received().length > 2 * together)
    expect(told(received().slice(together + 1))).toEqual(told(created))
  })
})

test('wrong guesses that were counted together are each in the timeline of their own code', async () => {
  const project = await createProject()
  await sendTogether(project)
  await Promise.all(addresses.map((address) => project.verify(address, '000000')))
  expect(await countRows(project, 'challenge.attempt-failed')).toBeLessThan(together)
  const codes = await app.db.query<{ id: string }>(
    "select encode(id, 'hex') as id from challenges where project_id = $1",
    [project.id],
  )
  expect(codes).toHaveLength(together)
  for (const { id } of codes) {
    const { body } = await admin('GET', `${project.id}/verifications/${id}`)
    const failed = body.timeline.filter(({ type }: { type: string }) => type === 'attempt-failed')
    expect([id, failed.length]).toEqual([id, 1])
  }
})

test('who is erased is erased from the middle of a row, and nobody else', async () => {
  const project = await createProject()
  await sendTogether(project)
  const before = ofType(await revealed(project), 'challenge.created')
  const { address } = before.find(isWithinRow) as Line
  expect((await run('users', 'erase', String(address), '--project', project.id)).code).toBe(0)
  expect(ofType(await revealed(project), 'challenge.created')).toEqual(
    before.map((line) => (line.address === address ? { ...line, address: null } : line)),
  )
})

test('codes that expire together are on record one by one', async () => {
  const project = await createProject()
  await sendTogether(project)
  await app.moveClock(11 * 60_000)
  await Promise.all([recordExpiry(app.db.database), recordExpiry(app.db.database)])
  const expired = ofType(await revealed(project), 'challenge.expired')
  expect(expired.map(({ address }) => address).sort()).toEqual([...addresses].sort())
  expect(await countRows(project, 'challenge.expired')).toBeLessThan(together)
})

test('I10: the table refuses rows whose events could share an id', async () => {
  const id = '70db37800000a1b2c3d4e540'
  const challenges = (count: number) => 'ab'.repeat(12 * count)
  const insert = (row: { id: string; challengeIds: string; accountIds?: number[]; challengeId?: string }) =>
    app.db.query(
      `insert into events (project_id, id, type, challenge_ids, account_ids, challenge_id)
      values ('PRJ_rows', set_byte(event_id(clock_now()), 11, $1), 'challenge.created', $2, $3, $4)`,
      [
        Number.parseInt(row.id.slice(-2), 16),
        `\\x${row.challengeIds}`,
        row.accountIds ?? null,
        row.challengeId === undefined ? null : `\\x${row.challengeId}`,
      ],
    )
  const refused = [
    { id: '41', challengeIds: challenges(2) },
    { id, challengeIds: challenges(65) },
    { id, challengeIds: challenges(1) },
    { id, challengeIds: `${challenges(2)}ab` },
    { id, challengeIds: challenges(2), accountIds: [1] },
    { id, challengeIds: challenges(2), challengeId: challenges(1) },
  ]
  for (const row of refused) await expect(insert(row)).rejects.toThrow('events_side_by_side')
  await insert({ id, challengeIds: challenges(64) })
  await insert({ id, challengeIds: challenges(2), accountIds: [1, 2] })
})
