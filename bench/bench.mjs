/**
 * `npm run bench`: sends and checks like a client, with the load generator on the same machine, and how much processor time
 * a request costs, by process. In the same run: the yardsticks, the logins and refreshes of `account`, and how long the
 * sends of a quiet project take beside a busy one. All take turns, round by round, so that what else the machine does
 * meets all of them; each number is the median of the rounds, with its spread.
 * There are two servers: the day of one is empty, that of the other has a million records. Durable: `fsync` and
 * `synchronous_commit` are on. Every request has another address; quota and limits are counted.
 *
 * BENCH_ROUNDS (10), BENCH_REQUESTS (30000 sends, checks, … in a round), BENCH_ROWS (1000000 records of today; 0 leaves that
 * server out), BENCH_NEIGHBOURS (5000 logins and refreshes in a round), BENCH_FAIRNESS_ROUNDS (6; 0 leaves it
 * out).
 */
import { headersOf, startBenchServer } from './bench-server.mjs'
import { burstHead, burstRow, forEach, measureBurst, summarizeBursts, withoutAnswers } from './burst.mjs'
import { startChild } from './child-process.mjs'
import { measureFairness } from './fairness.mjs'
import { fillRecords, openDatabase } from './fill.mjs'
import { readMemory } from './memory.mjs'
import { createNeighbours, neighbourNames } from './neighbours.mjs'
import { measureProcessorTime } from './processor-time.mjs'
import { show, showSpread, writeResult } from './results.mjs'
import { assertAllValid, checkBodies, paths, sendBodies } from './service-load.mjs'
import { summarize } from './statistics.mjs'

const rounds = Number(process.env.BENCH_ROUNDS ?? 10)
const perRound = Number(process.env.BENCH_REQUESTS ?? 30_000)
const rowsOfToday = Number(process.env.BENCH_ROWS ?? 1_000_000)
const neighbours = Number(process.env.BENCH_NEIGHBOURS ?? 5_000)
const fairnessRounds = Number(process.env.BENCH_FAIRNESS_ROUNDS ?? 6)

const load = startChild('load.mjs')
const inserts = startChild('insert-yardstick.mjs')
const bare = startChild('bare-route.mjs')
const bareListens = bare.nextMessage()
const servers = []
const databases = []
try {
  report(await measure())
} finally {
  for (const child of [load, inserts, bare]) child.stop()
  for (const database of databases) await database.end()
  for (const server of servers) await server.stop()
}

async function measure() {
  const { port: barePort } = await bareListens
  const empty = await startDay('empty day')
  const idleMegabytes = readMemory(empty.server).now
  const days = [empty]
  if (rowsOfToday > 0) days.push(await startFullDay())
  const database = await openDatabase(empty.server)
  databases.push(database)
  const measureNeighbours = await createNeighbours({
    server: empty.server,
    database,
    load,
    count: neighbours,
  })

  const measured = []
  // The first round warms up plans and compilers, also those of the yardsticks.
  for (let round = 0; round <= rounds; round += 1) {
    const result = { days: {} }
    for (const day of days) result.days[day.name] = await measureDay(day, round)
    result.bareRoute = await measureBareRoute(barePort, round)
    result.inserts = await measureInserts(empty.server)
    result.neighbours = await measureNeighbours(round)
    if (round > 0) measured.push(result)
    console.error(round === 0 ? 'warmed up' : `round ${round}: ${inShort(result)}`)
  }
  const fairness = fairnessRounds === 0 ? null : await measureFairnessOf(empty)
  const { now, peak } = readMemory(empty.server)
  return { measured, fairness, megabytes: { idle: idleMegabytes, afterLoad: now, serverPeak: peak } }
}

function measureFairnessOf({ server, project }) {
  return measureFairness({
    port: server.port,
    busy: headersOf(project),
    quiet: headersOf(server.createProject()),
    rounds: fairnessRounds,
  })
}

async function startDay(name) {
  const server = await startBenchServer()
  servers.push(server)
  return { name, server, project: server.createProject() }
}

async function startFullDay() {
  const day = await startDay(`${rowsOfToday.toLocaleString('en-GB')} records today`)
  const seconds = await fillRecords({ ...day, until: rowsOfToday })
  console.error(`${rowsOfToday} records written in ${Math.round(seconds)} s`)
  return day
}

async function measureDay({ server, project }, round) {
  const groups = { server: server.pid, postgres: server.postmaster }
  const common = { port: server.port, headers: headersOf(project) }
  const sends = await measureBurst({
    load,
    groups,
    job: { ...common, path: paths.send, bodies: sendBodies(round, perRound), expectedStatus: 201 },
  })
  const bodies = checkBodies(round, { answers: sends.answers, projectId: project.projectId })
  const checks = await measureBurst({
    load,
    groups,
    job: { ...common, path: paths.check, bodies, expectedStatus: 200 },
  })
  assertAllValid(checks.answers)
  return { sends: withoutAnswers(sends), checks: withoutAnswers(checks) }
}

async function measureBareRoute(port, round) {
  const job = {
    port,
    path: paths.send,
    headers: '',
    bodies: sendBodies(round, perRound),
    expectedStatus: 201,
  }
  return withoutAnswers(await measureBurst({ load, groups: { server: bare.pid }, job }))
}

async function measureInserts(server) {
  const groups = { load: inserts.pid, postgres: server.postmaster }
  const { result, microseconds } = await measureProcessorTime(groups, () =>
    inserts.ask({ connectionString: server.connectionString(), rows: perRound }),
  )
  return { ...result, microseconds: forEach(microseconds, perRound) }
}

function inShort({ days }) {
  return Object.entries(days)
    .map(
      ([name, { sends, checks }]) =>
        `${name} ${show(sends.perSecond, 0)} sends/s of ${show(sends.microseconds.total)} µs, ${show(checks.perSecond, 0)} checks/s of ${show(checks.microseconds.total)} µs`,
    )
    .join('; ')
}

function report({ measured, fairness, megabytes }) {
  const summarizeAll = (read) => summarizeBursts(measured.map(read))
  const dayNames = Object.keys(measured[0].days)
  const dayRows = dayNames.flatMap((name) => [
    burstRow(
      `send, ${name}`,
      summarizeAll(({ days }) => days[name].sends),
    ),
    burstRow(
      `check, ${name}`,
      summarizeAll(({ days }) => days[name].checks),
    ),
  ])
  const yardsticks = [
    burstRow(
      'a bare Fastify route',
      summarizeAll(({ bareRoute }) => bareRoute),
    ),
    burstRow(
      'a single-row insert',
      summarizeAll(({ inserts }) => inserts),
    ),
  ]
  const neighbourRows = Object.entries(neighbourNames).map(([key, name]) =>
    burstRow(
      name,
      summarizeAll((round) => round.neighbours[key]),
    ),
  )
  writeResult('bench', {
    sizes: {
      BENCH_ROUNDS: rounds,
      BENCH_REQUESTS: perRound,
      BENCH_ROWS: rowsOfToday,
      BENCH_NEIGHBOURS: neighbours,
      BENCH_FAIRNESS_ROUNDS: fairnessRounds,
    },
    tables: [
      { title: 'Sends, checks and yardsticks', head: burstHead, rows: [...dayRows, ...yardsticks] },
      { title: 'Their neighbours', head: burstHead, rows: neighbourRows },
      ratioTable(measured, dayNames),
    ],
    notes: [
      ...(fairness === null
        ? []
        : [`The p99 of a quiet project beside a busy one is ${show(fairness.ratio)} times that alone.`]),
      `Memory with the database: ${megabytes.idle} MB idle, ${megabytes.afterLoad} MB after the load; the server alone at most ${megabytes.serverPeak} MB.`,
    ],
    measured: { rounds: measured.map(withoutAnswersOfNeighbours), fairness, megabytes },
  })
}

/** Rates divided in each round, so that what else the machine did in that round falls on both. */
function ratioTable(measured, dayNames) {
  const row = (name, read) => [name, showSpread(summarize(measured.map(read)), 2)]
  return {
    title: 'Ratios of the rates of a round',
    head: ['', 'median (spread)'],
    rows: [
      ...dayNames.flatMap((name) => [
        row(
          `sends : inserts, ${name}`,
          ({ days, inserts }) => days[name].sends.perSecond / inserts.perSecond,
        ),
        row(
          `checks : inserts, ${name}`,
          ({ days, inserts }) => days[name].checks.perSecond / inserts.perSecond,
        ),
      ]),
      row(
        'sends : bare route, empty day',
        ({ days, bareRoute }) => days['empty day'].sends.perSecond / bareRoute.perSecond,
      ),
      row(
        'logins by password : Argon2 alone',
        ({ neighbours: { passwordLogin, argon2PerSecond } }) => passwordLogin.perSecond / argon2PerSecond,
      ),
    ],
  }
}

function withoutAnswersOfNeighbours({ neighbours: { argon2PerSecond, ...bursts }, ...round }) {
  const small = Object.entries(bursts).map(([name, burst]) => [name, withoutAnswers(burst)])
  return { ...round, neighbours: { argon2PerSecond, ...Object.fromEntries(small) } }
}
