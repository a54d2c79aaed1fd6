/**
 * `npm run bench:growth`: what reading and writing cost as the records of a project grow. A server's database is filled,
 * and at each size every read of `service` is asked over HTTP, and codes are sent and checked. The records are spread over
 * a month of days, and their addresses over the index. Reads print the milliseconds that they take and, in brackets,
 * PostgreSQL's processor time, which stays right beside other work; writes print the time by process.
 *
 * GROWTH_ROWS (10000,100000,1000000,10000000), GROWTH_DAYS (31), GROWTH_REQUESTS (20000 sends, and as many checks, at each
 * size), GROWTH_READS (20 of each at most; slow ones are asked for two seconds, and three times at least).
 */
import { headersOf, startBenchServer } from './bench-server.mjs'
import { measureBurst, withoutAnswers } from './burst.mjs'
import { startChild } from './child-process.mjs'
import { addressOfRecord, fillRecords, openDatabase } from './fill.mjs'
import { openConnection } from './raw-client.mjs'
import { measureProcessorTime } from './processor-time.mjs'
import { show, writeResult } from './results.mjs'
import { assertAllValid, checkBodies, paths, sendBodies } from './service-load.mjs'
import { medianOf } from './statistics.mjs'

const sizes = (process.env.GROWTH_ROWS ?? '10000,100000,1000000,10000000').split(',').map(Number)
const days = Number(process.env.GROWTH_DAYS ?? 31)
const requests = Number(process.env.GROWTH_REQUESTS ?? 20_000)
const readsMax = Number(process.env.GROWTH_READS ?? 20)
const readsMin = 3
const readMillisecondsMax = 2_000
const pageLength = 10

const load = startChild('load.mjs')
const server = await startBenchServer()
const database = await openDatabase(server)
try {
  const project = server.createProject()
  const measured = []
  let filled = 0
  for (const [index, rows] of sizes.entries()) {
    const fillSeconds = await fillRecords({ server, project, from: filled, until: rows, days })
    filled = rows
    console.error(`${rows.toLocaleString('en-GB')} records after ${Math.round(fillSeconds)} s more`)
    const reads = await measureReads(project, rows)
    const writes = await measureWrites(project, index)
    measured.push({ rows, fillSeconds, megabytes: await databaseMegabytes(), reads, writes })
  }
  report(measured)
} finally {
  load.stop()
  await database.end()
  await server.stop()
}

/** The reads of a project with so many records, by name. */
async function readsOf(rows) {
  const dayMilliseconds = 86_400_000
  const dayBefore = (count) => new Date(Date.now() - count * dayMilliseconds).toISOString().slice(0, 10)
  // Of ten records the first is an e-mail; this one is in the middle of them.
  const middle = Math.floor(rows / 20) * 10
  const target = encodeURIComponent(await addressOfRecord(database, middle))
  const records = (query) => `${paths.records}?${new URLSearchParams({ limit: pageLength })}&${query}`
  return {
    'records, page 1': records('page=1'),
    'records, the page in the middle': records(`page=${Math.max(1, Math.floor(rows / pageLength / 2))}`),
    'records of today': records(`dateFrom=${dayBefore(0)}`),
    'records, one `target`': records(`target=${target}`),
    'records, one `recordId`': records(`recordId=order_${middle}`),
    'records, `channel`': records('channel=whatsapp'),
    'records, `verified`': records('verified=false'),
    'records, `channel` and `verified`': records('channel=whatsapp&verified=false'),
    'stats of today': `${paths.stats}?dateFrom=${dayBefore(0)}`,
    'stats of 30 days': `${paths.stats}?dateFrom=${dayBefore(29)}`,
    'stats of everything': paths.stats,
  }
}

async function measureReads(project, rows) {
  const connection = openConnection(server.port, { method: 'GET' })
  const measured = {}
  for (const [name, path] of Object.entries(await readsOf(rows)))
    measured[name] = await measureRead(() => connection.request(path, headersOf(project), ''))
  connection.close()
  return measured
}

/** A read's records, its milliseconds and PostgreSQL's, after one that loads plans and pages. One that is refused says so. */
async function measureRead(ask) {
  const { status, body } = await ask()
  const times = []
  const groups = { postgres: server.postmaster }
  const { microseconds } = await measureProcessorTime(groups, async () => {
    const endsAt = performance.now() + readMillisecondsMax
    while (times.length < readsMin || (times.length < readsMax && performance.now() < endsAt)) {
      const startedAt = performance.now()
      await ask()
      times.push(performance.now() - startedAt)
    }
  })
  const { total, pagination } = JSON.parse(body)
  return {
    status,
    total: total ?? pagination?.total,
    milliseconds: medianOf(times),
    postgresMilliseconds: microseconds.postgres / 1000 / times.length,
  }
}

/** Sends and checks of a round; a shorter one before it warms up plans and pages. */
async function measureWrites(project, index) {
  await sendAndCheck(project, { round: 2 * index, count: Math.ceil(requests / 4) })
  return sendAndCheck(project, { round: 2 * index + 1, count: requests })
}

async function sendAndCheck(project, { round, count }) {
  const groups = { server: server.pid, postgres: server.postmaster }
  const job = { port: server.port, headers: headersOf(project) }
  const burst = (more) => measureBurst({ load, groups, job: { ...job, ...more } })
  const sends = await burst({ path: paths.send, bodies: sendBodies(round, count), expectedStatus: 201 })
  const bodies = checkBodies(round, { answers: sends.answers, projectId: project.projectId })
  const checks = await burst({ path: paths.check, bodies, expectedStatus: 200 })
  assertAllValid(checks.answers)
  return { sends: withoutAnswers(sends), checks: withoutAnswers(checks) }
}

async function databaseMegabytes() {
  const { rows } = await database.query('select pg_database_size(current_database()) / 1048576 as megabytes')
  return Number(rows[0].megabytes)
}

function report(measured) {
  const head = ['', ...measured.map(({ rows }) => rows.toLocaleString('en-GB'))]
  const row = (name, read) => [name, ...measured.map(read)]
  const read = ({ status, milliseconds, postgresMilliseconds }) =>
    `${status === 200 ? '' : `${status} after `}${show(milliseconds)} (${show(postgresMilliseconds)})`
  const write = ({ perSecond, p99, microseconds: { server, postgres, load } }) =>
    `${show(perSecond, 0)}/s, p99 ${show(p99)} ms: ${show(server)} + ${show(postgres)} + ${show(load)}`
  writeResult('growth', {
    sizes: {
      GROWTH_ROWS: sizes.join(','),
      GROWTH_DAYS: days,
      GROWTH_REQUESTS: requests,
      GROWTH_READS: readsMax,
    },
    tables: [
      {
        title: 'Reading: milliseconds (of which PostgreSQL’s processors), by records of the project',
        head,
        rows: Object.keys(measured[0].reads).map((name) => row(name, ({ reads }) => read(reads[name]))),
      },
      {
        title:
          'Writing: server + PostgreSQL + load, in µs of processor time a request, by records of the project',
        head,
        rows: [
          row('send', ({ writes }) => write(writes.sends)),
          row('check', ({ writes }) => write(writes.checks)),
          row('database, MB', ({ megabytes }) => show(megabytes, 0)),
        ],
      },
    ],
    measured,
  })
}
