import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaseSeconds } from '../../../src/engine/ports/lease.ts'
import { until } from '../../harness/until.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { type Load, openLoad, type RaceAnswer, times } from '../races/load.ts'
import { type NodeProcess, startNodeProcess } from '../races/node-process.ts'
import { type RaceWorld, startRaceWorld } from '../races/race-world.ts'
import { isPostgresBack, killPostgres } from './kill-postgres.ts'
import { type Cut, type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts'
import {
  guessRight,
  guessWrong,
  logInByCode,
  logOut,
  type PrepareScenario,
  refreshSession,
  sendForToken,
  sendMessage,
  takeOver,
} from './scenarios.ts'

/*
 * `kill -9` at the moments that matter: what stands between the node and PostgreSQL sees a statement leave or its answer
 * come back, and at that very moment kills the one or the other, with other requests under way. Afterwards everybody asks
 * again, and what was done, undone, or done without an answer must have been so as a whole (I1 to I6, I9, I10).
 */

/** `statement`: at it, or at the commit of the transaction that has called it. */
type Point = { name: string; scenario: PrepareScenario; statement: string; isCommit?: boolean; how: Cut }

const committing = { isCommit: true, how: 'before' } as const
const committed = { isCommit: true, how: 'after' } as const

const points: Point[] = [
  { name: 'a wrong guess was judged', scenario: guessWrong, statement: 'checks-challenges', how: 'before' },
  { name: 'a wrong guess was counted', scenario: guessWrong, statement: 'checks-challenges', ...committing },
  { name: 'the count was committed', scenario: guessWrong, statement: 'checks-challenges', ...committed },
  { name: 'a code was consumed', scenario: guessRight, statement: 'checks-challenges', ...committing },
  {
    name: 'the use of a code was committed',
    scenario: guessRight,
    statement: 'checks-challenges',
    ...committed,
  },
  {
    name: 'a code was consumed for a login',
    scenario: logInByCode,
    statement: 'sessions-open',
    how: 'before',
  },
  { name: 'a session was committed', scenario: logInByCode, statement: 'sessions-open', ...committed },
  {
    name: 'a token was paid and a code was written',
    scenario: sendForToken,
    statement: 'sends-insert',
    ...committing,
  },
  {
    name: 'the token and the code were committed',
    scenario: sendForToken,
    statement: 'sends-insert',
    ...committed,
  },
  {
    name: 'a message was committed with its lease',
    scenario: sendMessage,
    statement: 'sends-insert',
    ...committed,
  },
  { name: 'a message was taken over', scenario: takeOver, statement: 'outbox-claim', ...committed },
  { name: 'the carrier has answered', scenario: sendMessage, statement: 'outbox-messages', how: 'before' },
  {
    name: 'the answer of the carrier was committed',
    scenario: sendMessage,
    statement: 'outbox-states',
    ...committed,
  },
  { name: 'a refresh token was spent', scenario: refreshSession, statement: 'sessions-spend', ...committing },
  { name: 'the refresh was committed', scenario: refreshSession, statement: 'sessions-spend', ...committed },
  { name: 'the logout was committed', scenario: logOut, statement: 'sessions-end', ...committed },
]

/** How many requests are under way together. */
const together = 8
/** With all other tests one of the two is killed at each point, in turn; `npm run test:faults` kills both at all. */
const isThorough = process.env.FAULT_KILLS !== undefined
const rounds = Math.ceil(Number(process.env.FAULT_KILLS ?? 1) / 50)

let world: RaceWorld
let proxy: PostgresProxy
let node: NodeProcess | null = null
let load: Load | null = null

beforeAll(async () => {
  const started = await startRaceWorld({ nodeCount: 1 })
  // Its own node has made the demo, and asks PostgreSQL directly: it leaves, or it would take over what it should not.
  await Promise.all(started.nodes.map(({ stop }) => stop()))
  world = {
    ...started,
    one: (request) => (load ?? started).one(request),
  }
  proxy = await startPostgresProxy(world.env.DATABASE_URL)
})
afterAll(async () => {
  load?.close()
  await node?.kill()
  await proxy?.stop()
  await world?.close()
})

async function startNode(): Promise<void> {
  load?.close()
  node = await startNodeProcess({ ...world.env, DATABASE_URL: proxy.connectionString })
  load = await openLoad([node.url], { sockets: together })
}

type Victim = { name: string; kill: () => void; comeBack: () => Promise<void> }

const victims: Victim[] = [
  {
    name: 'a node',
    kill: () => void node?.kill(),
    async comeBack() {
      await node?.kill()
      await startNode()
    },
  },
  {
    name: 'PostgreSQL',
    kill: () => killPostgres(world.postgresDirectory),
    async comeBack() {
      await until(() => isPostgresBack(world.db.connectionString), 20_000)
      await until(async () => (await world.one({ method: 'GET', path: '/readyz' })).status === 200, 20_000)
    },
  },
]

for (const [turn, victim] of victims.entries()) {
  test.each(points.filter((_, nth) => isThorough || nth % victims.length === turn))(
    `I1 I2 I3 I4 I5 I6 I9 I10: ${victim.name} is killed when $name`,
    {
      timeout: 60_000 * rounds,
    },
    async (point) => {
      if (node === null) await startNode()
      for (let round = 1; round <= rounds; round += 1) await killAt(point, victim)
    },
  )
}

async function killAt({ scenario, statement, isCommit = false, how }: Point, victim: Victim): Promise<void> {
  const scenarios = await Promise.all(times(together, () => scenario(world)))
  let isKilled = false
  proxy.cutAt(
    // By its beginning: a batch whose challenges are alike has a statement of its own, `sends-insert-alike`.
    (call, earlier) =>
      isCommit
        ? call === 'commit' && earlier.some((one) => one.startsWith(statement))
        : call.startsWith(statement),
    how,
    () => {
      victim.kill()
      isKilled = true
    },
  )
  const first = await Promise.all(scenarios.map(({ act }) => act().catch(forgiveTheDead)))
  await until(() => isKilled, 10_000)
  await victim.comeBack()
  const second = await Promise.all(scenarios.map(({ act }) => act()))

  await world.db.moveClock(leaseSeconds * 1_000)
  await untilDelivered(world)
  const answers = [first, second].map((all) => all.filter((answer) => answer !== null))
  for (const { status, headers } of answers.flat())
    if (status === 503) expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
  expect(answers[0]?.filter(({ status }) => status >= 500 && status !== 503)).toEqual([])
  expect(answers[1]?.filter(({ status }) => status >= 500)).toEqual([])
  for (const [index, { judge }] of scenarios.entries())
    await judge([first[index], second[index]].filter((answer): answer is RaceAnswer => answer != null))
  await expectInvariants(world)
}

/** A caller of a node that died got no answer. A request that hangs is a failure (I9). */
function forgiveTheDead(error: unknown): null {
  if (/ECONN|socket hang up|EPIPE|aborted|Connection terminated|terminating connection/.test(String(error)))
    return null
  throw error
}
