/**
 * `npm run bench:overview`: what the reads of the console cost with many verifications. A server's database is filled with records
 * of a month, a message for each, some verified and some reported as delivered; then overviews, lists, filters, searches and one
 * timeline are asked over HTTP. It prints the milliseconds that they take and, in brackets, PostgreSQL's processor time.
 *
 * OVERVIEW_ROWS (1000000), OVERVIEW_DAYS (31), OVERVIEW_READS (20).
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBenchServer } from './bench-server.mjs'
import { addressOfRecord, fillMessages, fillRecords, openDatabase } from './fill.mjs'
import { measureProcessorTime } from './processor-time.mjs'
import { openConnection } from './raw-client.mjs'
import { show, writeResult } from './results.mjs'
import { medianOf } from './statistics.mjs'

const rows = Number(process.env.OVERVIEW_ROWS ?? 1_000_000)
const days = Number(process.env.OVERVIEW_DAYS ?? 31)
const readsMax = Number(process.env.OVERVIEW_READS ?? 20)

const server = await startBenchServer()
const database = await openDatabase(server)
try {
  const { projectId, ...project } = server.createProject()
  const fillSeconds = await fillRecords({ server, project: { projectId, ...project }, until: rows, days })
  await fillMessages(server, projectId)
  const countSeconds = await untilCounted(projectId)
  console.error(
    `${rows.toLocaleString('en-GB')} verifications after ${Math.round(fillSeconds)} s, counted after ${Math.round(countSeconds)} s more`,
  )
  const measured = {}
  for (const [name, path] of Object.entries(await readsOf(projectId)))
    measured[name] = await measureRead(path)
  report(measured, { fillSeconds, countSeconds })
} finally {
  await database.end()
  await server.stop()
}

/** Resolves when a node has counted all minutes that have closed. */
async function untilCounted(projectId) {
  await database.query('delete from verification_rollups where project_id = $1', [projectId])
  await database.query(
    "update cursors set position = now() - interval '40 days' where name = 'verification-rollups'",
  )
  const startedAt = performance.now()
  for (;;) {
    const {
      rows: [cursor],
    } = await database.query(
      "select position > now() - interval '13 minutes' as is_counted from cursors where name = 'verification-rollups'",
    )
    if (cursor?.is_counted) break
    await sleep(200)
  }
  await database.query('vacuum analyze verification_rollups')
  return (performance.now() - startedAt) / 1000
}

async function readsOf(projectId) {
  const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString()
  const middle = Math.floor(rows / 20) * 10
  const address = encodeURIComponent(await addressOfRecord(database, middle))
  const {
    rows: [one],
  } = await database.query(
    "select encode(id, 'hex') as id from challenges where project_id = $1 order by id desc offset 1000 limit 1",
    [projectId],
  )
  const at = (path) => `/admin/v1/projects/${projectId}/${path}`
  return {
    'overview of an hour': at(`overview?from=${ago(1)}`),
    'overview of a day': at('overview'),
    'overview of a week': at(`overview?from=${ago(7 * 24)}`),
    'overview of 30 days': at(`overview?from=${ago(30 * 24)}`),
    'overview of 30 days, one channel': at(`overview?from=${ago(30 * 24)}&channel=whatsapp`),
    'verifications, page 1': at('verifications'),
    'verifications, one channel and outcome': at('verifications?channel=whatsapp&outcome=delivered'),
    'verifications, a carrier that there is not': at('verifications?carrier=none'),
    'search, an address': at(`verifications?search=${address}`),
    'search, a `recordId`': at(`verifications?search=order_${middle}`),
    'search, an id': at(`verifications?search=${one.id}`),
    'search, nothing that there is': at('verifications?search=nobody%40example.test'),
    'one verification': at(`verifications/${one.id}`),
    'the state of the server': '/admin/v1/state',
  }
}

async function measureRead(path) {
  const { adminToken } = JSON.parse(readFileSync(server.devFile, 'utf8'))
  const connection = openConnection(server.port, { method: 'GET' })
  const ask = () => connection.request(path, `Authorization: Bearer ${adminToken}\r\n`, '')
  const { status, body } = await ask()
  if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`)
  const times = []
  const { microseconds } = await measureProcessorTime({ postgres: server.postmaster }, async () => {
    while (times.length < readsMax) {
      const startedAt = performance.now()
      await ask()
      times.push(performance.now() - startedAt)
    }
  })
  connection.close()
  return { milliseconds: medianOf(times), postgresMilliseconds: microseconds.postgres / 1000 / times.length }
}

function report(measured, { fillSeconds, countSeconds }) {
  writeResult('overview', {
    sizes: { OVERVIEW_ROWS: rows, OVERVIEW_DAYS: days, OVERVIEW_READS: readsMax },
    tables: [
      {
        title: 'Reading as the console does: milliseconds (of which PostgreSQL’s processors)',
        head: ['', rows.toLocaleString('en-GB')],
        rows: Object.entries(measured).map(([name, { milliseconds, postgresMilliseconds }]) => [
          name,
          `${show(milliseconds)} (${show(postgresMilliseconds)})`,
        ]),
      },
    ],
    measured: { ...measured, fillSeconds, countSeconds },
  })
}
