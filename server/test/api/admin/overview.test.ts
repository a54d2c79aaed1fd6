import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countRollups } from '../../../src/storage/stores/rollups.ts'
import { type OperatorWorld, startOperatorWorld } from '../../harness/operator-world.ts'

/*
 * How codes fare, counted by minute, hour and day: always what the codes and messages themselves say.
 */

let world: OperatorWorld
type Project = Awaited<ReturnType<OperatorWorld['createProject']>>
beforeAll(async () => {
  world = await startOperatorWorld()
})
afterAll(() => world?.stop())

const minute = 60_000
const hour = 60 * minute
const steps = { minute, hour, day: 24 * hour }

type Code = {
  at: number
  channel: string
  country: string | null
  carrier: string | null
  seconds: number | null
  accepted: boolean
  delivered: boolean
}
type Message = {
  at: number
  channel: string
  country: string | null
  carrier: string | null
  refused: boolean
  lost: boolean
  cost: number
}

/** The codes and messages of a project, read without any of the statements under test. */
async function readAll(projectId: string): Promise<{ codes: Code[]; messages: Message[] }> {
  type Row = {
    id: string
    channel: string
    created_at: Date
    used_at: Date | null
  }
  type MessageRow = {
    id: string
    attempt: number
    channel: string
    country: string | null
    carrier: string
    outcome: string
    receipt_state: string | null
    cost: string
  }
  const rows = await world.app.db.query<Row>(
    "select encode(id, 'hex') as id, channel, created_at, used_at from challenges where project_id = $1 and content = 'code'",
    [projectId],
  )
  const sent = await world.app.db.query<MessageRow>(
    `select encode(challenge_id, 'hex') as id, attempt, channel, country, carrier, outcome, receipt_state, cost
    from messages where project_id = $1 order by attempt`,
    [projectId],
  )
  const momentOf = (id: string) => Number.parseInt(id.slice(0, 8), 16) * 1000
  return {
    codes: rows.map(({ id, channel, created_at, used_at }) => {
      const own = sent.filter((message) => message.id === id)
      const standing =
        own.findLast(({ receipt_state }) => receipt_state === 'delivered') ??
        own.findLast(({ outcome }) => outcome === 'accepted') ??
        own.at(-1)
      return {
        at: momentOf(id),
        channel,
        country: standing?.country ?? null,
        carrier: standing?.carrier ?? null,
        seconds: used_at === null ? null : (used_at.getTime() - created_at.getTime()) / 1000,
        accepted: own.some(({ outcome }) => outcome === 'accepted'),
        delivered: used_at !== null || own.some(({ receipt_state }) => receipt_state === 'delivered'),
      }
    }),
    messages: sent.map((message) => ({
      at: momentOf(message.id),
      channel: message.channel,
      country: message.country,
      carrier: message.carrier,
      refused: message.outcome === 'refused',
      lost: ['undelivered', 'expired'].includes(message.receipt_state ?? ''),
      cost: Number(message.cost) / 1_000_000,
    })),
  }
}

function countOf({ codes, messages }: { codes: Code[]; messages: Message[] }) {
  const seconds = codes.flatMap((code) => code.seconds ?? []).sort((one, other) => one - other)
  const verified = seconds.length
  return {
    sent: codes.length,
    accepted: codes.filter(({ accepted }) => accepted).length,
    delivered: codes.filter(({ delivered }) => delivered).length,
    verified,
    conversion: codes.length === 0 ? null : Math.round((verified / codes.length) * 10_000) / 10_000,
    medianSeconds: near(seconds[Math.ceil(verified / 2) - 1]),
    p95Seconds: near(seconds[Math.ceil(verified * 0.95) - 1]),
    messages: messages.length,
    refused: messages.filter(({ refused }) => refused).length,
    lost: messages.filter(({ lost }) => lost).length,
    cost: Math.round(messages.reduce((sum, { cost }) => sum + cost, 0) * 1e6) / 1e6,
  }
}

const near = (exact: number | undefined) =>
  exact === undefined
    ? null
    : expect.toSatisfy((read: number) => Math.abs(read - exact) <= exact * 0.1 + 1.2, `about ${exact} s`)

type Group = 'channel' | 'country' | 'carrier'

function breakdownOf(all: { codes: Code[]; messages: Message[] }, by: Group) {
  const keys = new Set([...all.codes, ...all.messages].map((row) => row[by]))
  return Object.fromEntries(
    [...keys].map((key) => [
      String(key),
      countOf({
        codes: all.codes.filter((code) => code[by] === key),
        messages: all.messages.filter((message) => message[by] === key),
      }),
    ]),
  )
}

const ask = async (project: Project, query = '') => {
  const { status, body } = await world.admin('GET', `${project.path}/overview${query}`)
  expect([query, status, body]).toEqual([query, 200, body])
  return body
}

/** Compares every number of the answer, for a step and filters, with the codes and messages themselves. */
async function expectTrue(
  project: Project,
  step: keyof typeof steps,
  filter: Partial<Record<Group, string>> = {},
): Promise<void> {
  const query = new URLSearchParams({ step, ...filter })
  const answer = await ask(project, `?${query}`)
  const matches = (row: Code | Message) =>
    row.at >= Date.parse(answer.from) &&
    row.at < Date.parse(answer.until) &&
    Object.entries(filter).every(([by, value]) => row[by as Group] === value)
  const all = await readAll(project.id)
  const within = { codes: all.codes.filter(matches), messages: all.messages.filter(matches) }
  expect([step, filter, answer.total]).toEqual([step, filter, countOf(within)])
  for (const [name, by] of [
    ['channels', 'channel'],
    ['countries', 'country'],
    ['carriers', 'carrier'],
  ] as const) {
    const read = Object.fromEntries(
      answer[name].map(({ [by]: key, ...counts }: Record<string, unknown>) => [String(key), counts]),
    )
    expect([step, filter, name, read]).toEqual([step, filter, name, breakdownOf(within, by)])
  }
  for (const { at, ...counts } of answer.series) {
    const isOfStep = (row: Code | Message) =>
      row.at >= Date.parse(at) && row.at < Date.parse(at) + steps[step]
    expect([step, filter, at, counts]).toEqual([
      step,
      filter,
      at,
      countOf({ codes: within.codes.filter(isOfStep), messages: within.messages.filter(isOfStep) }),
    ])
  }
}

async function expectAllTrue(project: Project): Promise<void> {
  for (const step of ['minute', 'hour', 'day'] as const) await expectTrue(project, step)
  await expectTrue(project, 'hour', { carrier: 'south' })
  await expectTrue(project, 'hour', { channel: 'whatsapp', country: 'TZ' })
  await expectTrue(project, 'hour', { channel: 'sms' })
}

const codeSentTo = (to: string): string => {
  const posts = [...world.north.peer.accepted, ...world.south.peer.accepted]
  return (
    posts.map(({ body }) => body as { to: string; code: string }).findLast((body) => body.to === to)?.code ??
    ''
  )
}
const stale = () => world.app.db.query('select * from stale_rollups')

let people = 0
/** Codes to two countries and by mail: delivered, verified, lost, refused. */
async function someTraffic(project: Project): Promise<void> {
  people += 10
  const tanzanian = (nth: number) => `+25571200${String(people + nth).padStart(4, '0')}`
  await project.send(`mail${people}@example.test`)
  await project.send(tanzanian(1))
  await project.send(tanzanian(2))
  await world.settled()
  await project.verify(tanzanian(2), codeSentTo(tanzanian(2)))
  await world.report('north', world.north.lastId(), 'delivered')
  await project.send(tanzanian(3))
  await world.settled()
  await world.report('north', world.north.lastId(), 'undelivered')
  world.north.refuse(true)
  await project.send(tanzanian(4))
  await world.settled()
  world.south.refuse(true)
  await project.send(tanzanian(5))
  await world.settled()
  world.north.refuse(false)
  world.south.refuse(false)
  await project.send(`+22507010203${String(people / 10).padStart(2, '0')}`)
  await world.settled()
}

describe('an overview', () => {
  test('says what the codes say: while a minute is open, when it has closed, and over hours and days', async () => {
    const project = await world.createProject()
    await someTraffic(project)
    await expectAllTrue(project)
    await world.app.moveClock(5 * minute)
    await someTraffic(project)
    await expectAllTrue(project)
    for (const pause of [9 * minute, 70 * minute, 23 * hour]) {
      await world.app.moveClock(pause)
      await countRollups(world.app.db.database)
      await expectAllTrue(project)
      await someTraffic(project)
      await expectAllTrue(project)
    }
    await world.app.moveClock(3 * 24 * hour)
    await countRollups(world.app.db.database)
    const { total } = await ask(
      project,
      `?step=day&from=${new Date(Date.now() - 20 * 24 * hour).toISOString()}`,
    )
    expect(total).toEqual(countOf(await readAll(project.id)))
    expect(total.sent).toBe(35)
  })

  test('reads closed minutes from their counts alone', async () => {
    const project = await world.createProject()
    await someTraffic(project)
    await world.app.moveClock(15 * minute)
    await countRollups(world.app.db.database)
    const before = await ask(project, '?step=hour')
    await world.app.db.query('delete from messages where project_id = $1', [project.id])
    await world.app.db.query('delete from challenges where project_id = $1', [project.id])
    expect(await ask(project, '?step=hour')).toEqual(before)
    expect(before.total.sent).toBe(7)
  })

  test('is right at once when a carrier reports after the minute was counted, and when it was counted again', async () => {
    const project = await world.createProject()
    await project.send('+255713000001')
    await world.settled()
    const late = world.north.lastId()
    await world.app.moveClock(2 * hour)
    await countRollups(world.app.db.database)
    expect((await ask(project)).total).toMatchObject({ sent: 1, delivered: 0, lost: 0 })
    await world.report('north', late, 'undelivered')
    expect((await ask(project)).total).toMatchObject({ sent: 1, delivered: 0, lost: 1 })
    await expectAllTrue(project)
    await countRollups(world.app.db.database)
    expect(await stale()).toEqual([])
    await expectAllTrue(project)
    await world.report('north', late, 'delivered')
    await expectAllTrue(project)
    await countRollups(world.app.db.database)
    await expectAllTrue(project)
    expect((await ask(project)).total).toMatchObject({ sent: 1, delivered: 1, lost: 0 })
  })

  test('counts once when several nodes count at the same time, and when the clock was ahead for a while', async () => {
    const project = await world.createProject()
    await someTraffic(project)
    await world.app.moveClock(30 * minute)
    await Promise.all(Array.from({ length: 5 }, () => countRollups(world.app.db.database)))
    await expectAllTrue(project)
    await world.app.moveClock(-25 * minute)
    await project.send(`early${people}@example.test`)
    await world.settled()
    await countRollups(world.app.db.database)
    await expectAllTrue(project)
    await world.app.moveClock(60 * minute)
    await countRollups(world.app.db.database)
    await expectAllTrue(project)
  })

  test('of one project has nothing of another (K1), and an erased person stays counted', async () => {
    const project = await world.createProject()
    const other = await world.createProject()
    await someTraffic(project)
    expect((await ask(other)).total).toMatchObject({
      sent: 0,
      messages: 0,
      conversion: null,
      medianSeconds: null,
    })
    const before = (await ask(project)).total
    await world.admin('POST', `${project.path}/users/erase`, { address: `mail${people}@example.test` })
    expect((await ask(project)).total).toEqual(before)
  })

  test('takes the last day by hours, extends ranges to whole steps, and says what it took', async () => {
    const project = await world.createProject()
    const { from, until, step, series } = await ask(project)
    expect([step, (Date.parse(until) - Date.parse(from)) / hour, series.length]).toEqual(['hour', 25, 25])
    const [now] = await world.app.db.query<{ now: Date }>('select clock_now() as now')
    const at = (back: number) => new Date(Number(now?.now) - back).toISOString()
    const asked = await ask(project, `?from=${at(hour)}`)
    expect([asked.step, asked.series.length]).toEqual(['minute', 61])
    expect((await ask(project, `?from=${at(30 * 24 * hour)}`)).step).toBe('day')
    expect((await ask(project, `?from=${at(40 * 24 * hour)}&until=${at(39 * 24 * hour)}`)).step).toBe('hour')
  })

  test('refuses every parameter that it cannot read, and ranges that cannot be', async () => {
    const project = await world.createProject()
    const [now] = await world.app.db.query<{ now: Date }>('select clock_now() as now')
    const at = (back: number) => new Date(Number(now?.now) - back).toISOString()
    const bad: Record<string, string> = {
      'step=week': 'step',
      'channel=fax': 'channel',
      'country=XX': 'country',
      'carrier=': 'carrier',
      'from=then': 'from must be a moment',
      'until=then': 'until must be a moment',
      [`from=${at(hour)}&until=${at(2 * hour)}`]: 'from must lie before until',
      [`from=${at(-hour)}`]: 'from must lie before until',
      [`from=${at(3 * 24 * hour)}&step=minute`]: 'choose a longer step',
      [`from=${at(9 * 24 * hour)}&until=${at(9 * 24 * hour - hour)}&step=minute`]: 'reach back 7 days',
      'nonsense=1': 'nonsense does not exist',
    }
    for (const [query, message] of Object.entries(bad)) {
      const { status, body } = await world.admin('GET', `${project.path}/overview?${query}`)
      expect([query, status, body?.message]).toEqual([query, 400, expect.stringContaining(message)])
    }
    expect((await world.admin('GET', '/projects/PRJ_none/overview')).status).toBe(404)
  })
})
