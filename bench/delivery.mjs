/**
 * `npm run bench:delivery`: how many messages a second a node delivers through SMTP and through a webhook, whether each
 * arrives once and with its code, and how long a mail takes from the moment at which its send was decided (before the
 * commit) to its carrier. The node, PostgreSQL (`fsync` on) and the sink are processes of their own on this machine.
 *
 * - Ceiling: what the sink takes from a client that only writes bytes.
 * - Backlog: the codes wait in the database as if a lost node had left them, and become due at once.
 * - Path: sends arrive at the service at constant rates, and then as fast as the node answers.
 *
 * DELIVERY_MAILS (50000) and DELIVERY_POSTS (100000) wait; DELIVERY_RATES (500,1000) a second for DELIVERY_PATH_SECONDS (10),
 * then DELIVERY_SENDS (20000) as fast as they go; DELIVERY_CONNECTIONS (20) to the mail server. DELIVERY_SECONDS (540) is the
 * time limit of a backlog, because no code lives longer than ten minutes.
 */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { challengeId } from '../server/dist/domain/challenge.js'
import { codeKeyId, codeOf, headersOf, startBenchServer } from './bench-server.mjs'
import { startChild } from './child-process.mjs'
import { measureProcessorTime } from './processor-time.mjs'
import { show, writeResult } from './results.mjs'
import { paths, sendBodies } from './service-load.mjs'
import { quantile } from './statistics.mjs'

const pg = createRequire(new URL('../server/package.json', import.meta.url))('pg')
const sizes = {
  DELIVERY_MAILS: Number(process.env.DELIVERY_MAILS ?? 50_000),
  DELIVERY_POSTS: Number(process.env.DELIVERY_POSTS ?? 100_000),
  DELIVERY_RATES: process.env.DELIVERY_RATES ?? '500,1000',
  DELIVERY_PATH_SECONDS: Number(process.env.DELIVERY_PATH_SECONDS ?? 10),
  DELIVERY_SENDS: Number(process.env.DELIVERY_SENDS ?? 20_000),
  DELIVERY_CONNECTIONS: Number(process.env.DELIVERY_CONNECTIONS ?? 20),
}
const rates = sizes.DELIVERY_RATES.split(',').filter(Boolean).map(Number)
const secondsMax = Math.min(540, Number(process.env.DELIVERY_SECONDS ?? 540))
/** The node compiles its code, opens its connections and fills its caches. */
const warmUpCount = 1_000

const kinds = [
  {
    name: 'smtp',
    channel: 'email',
    count: sizes.DELIVERY_MAILS,
    sink: startChild('mail-sink.mjs'),
    addressOf: (index) => `bench${index}@example.test`,
  },
  {
    name: 'http',
    channel: 'sms',
    count: sizes.DELIVERY_POSTS,
    sink: startChild('message-sink.mjs'),
    addressOf: (index) => `+2557${String(10_000_000 + index)}`,
  },
]
for (const kind of kinds) kind.port = (await kind.sink.nextMessage()).port
const [mail, post] = kinds

const server = await startBenchServer({
  environment: {
    WATCHWORD_CONFIG: undefined,
    SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    SMTP_CONNECTIONS: String(sizes.DELIVERY_CONNECTIONS),
    MAIL_FROM: 'codes@shop.example',
    SMS_WEBHOOK_URL: `http://127.0.0.1:${post.port}/`,
  },
})
const eye = new pg.Client({ connectionString: server.connectionString() })
eye.on('error', () => {})
try {
  await eye.connect()
  const project = server.createProject({ carrier: 'default' })
  const backlogs = []
  for (const kind of kinds) {
    if (kind.count === 0) continue
    const ceiling = await measureCeiling(kind)
    await measureBacklog(kind, project, Math.min(warmUpCount, kind.count))
    backlogs.push({ name: kind.name, ceiling, ...(await measureBacklog(kind, project, kind.count)) })
    console.error(backlogs.at(-1))
  }
  const measured = { backlogs, sends: await measurePaths(project) }
  report(measured)
  if (backlogs.some(({ lost, doubled, wrong }) => lost + doubled + wrong > 0)) process.exitCode = 1
} finally {
  for (const { sink } of kinds) sink.stop()
  await eye.end()
  await server.stop()
}

async function measureCeiling({ name, port, sink, count }) {
  const client = startChild('sink-ceiling.mjs')
  const connections = sizes.DELIVERY_CONNECTIONS
  const job = { kind: name, port, count: Math.min(count, 20_000), connections }
  const { perSecond } = await client.ask(job)
  client.stop()
  await sink.ask('take')
  return perSecond
}

async function measureBacklog(kind, project, count) {
  const challenges = await commit(kind, project, count)
  const groups = { node: server.pid, postgres: server.postmaster, sink: kind.sink.pid }
  const { result: arrivals, microseconds } = await measureProcessorTime(groups, async () => {
    await untilArrived(kind.sink, count, secondsMax)
    // Until the results are stored, and for what would arrive a second time.
    await sleep(500)
    return new Map((await kind.sink.ask('take')).arrivals)
  })
  const moments = [...arrivals.values()].map(({ at }) => at).sort((one, other) => one - other)
  const seconds = (moments.at(-1) - moments[0]) / 1000
  const codesOf = ({ id }) => arrivals.get(id)?.codes ?? []
  return {
    messages: count,
    received: arrivals.size,
    seconds: Math.round(seconds * 10) / 10,
    perSecond: Math.round(arrivals.size / seconds),
    microseconds: Object.fromEntries(
      Object.entries(microseconds).map(([name, time]) => [name, Math.round(time / count)]),
    ),
    lost: challenges.filter((challenge) => codesOf(challenge).length === 0).length,
    doubled: challenges.filter((challenge) => codesOf(challenge).length > 1).length,
    wrong: challenges.filter((challenge) => codesOf(challenge).some((sent) => sent !== codeOf(challenge)))
      .length,
  }
}

/** Codes whose lease ends for all of them at the same moment, a second from now. */
async function commit({ channel, addressOf }, { projectId }, count) {
  const { rows } = await eye.query('select clock_now() as now')
  const [{ now }] = rows
  const challenges = Array.from({ length: count }, (_, index) => ({
    id: challengeId(now, randomBytes(6)),
    projectId,
    address: addressOf(index),
    purpose: 'service',
  }))
  await eye.query('begin')
  for (let from = 0; from < count; from += 10_000) {
    await eye.query(
      `insert into challenges (project_id, id, purpose, channel, address, target, content, locale, key_id, tries,
         tries_max, created_at, expires_at, spends_token, delivery_state, leased_until)
       select $1, decode(id, 'hex'), 'service', $5, address, address, 'code', 'en', $2, 0, 5, $3::timestamptz,
         $3::timestamptz + interval '10 minutes', false, 'queued', $3::timestamptz
       from json_to_recordset($4) as i(id text, address text)`,
      [projectId, codeKeyId, now, JSON.stringify(challenges.slice(from, from + 10_000)), channel],
    )
  }
  await eye.query('analyze challenges')
  await eye.query('commit')
  return challenges
}

async function untilArrived(sink, count, seconds) {
  const endsAt = performance.now() + seconds * 1000
  while ((await sink.ask('count')).count < count && performance.now() < endsAt) await sleep(100)
}

/** Mails only: every SMS would need a number that no limit knows. */
async function measurePaths(project) {
  const measured = []
  const common = { port: server.port, path: paths.send, headers: headersOf(project), expectedStatus: 201 }
  for (const [index, perSecond] of rates.entries()) {
    const load = startChild('open-load.mjs')
    const bodies = sendBodies(index + 1, perSecond * sizes.DELIVERY_PATH_SECONDS)
    const { answers } = await load.ask({ ...common, bodies, perSecond })
    load.stop()
    measured.push({ name: `${show(perSecond, 0)} sends a second`, ...(await timePaths(answers)) })
    console.error(measured.at(-1))
  }
  if (sizes.DELIVERY_SENDS === 0) return measured
  const load = startChild('load.mjs')
  const bodies = sendBodies(rates.length + 1, sizes.DELIVERY_SENDS)
  const { answers, perSecond } = await load.ask({ ...common, bodies, connections: 64 })
  load.stop()
  const name = `as fast as they go: ${show(perSecond, 0)} a second`
  return [...measured, { name, ...(await timePaths(answers)) }]
}

/** From the moment of the send, by the database's clock, to the arrival of the mail, by the same machine's. */
async function timePaths(answers) {
  const ids = answers.filter((answer) => answer !== null).map((answer) => JSON.parse(answer).recordId)
  await untilArrived(mail.sink, ids.length, 60)
  const arrivals = new Map((await mail.sink.ask('take')).arrivals)
  const { rows } = await eye.query(
    `select encode(id, 'hex') as id, extract(epoch from created_at) * 1000 as at
     from challenges where id = any(select decode(i, 'hex') from unnest($1::text[]) i)`,
    [ids],
  )
  const milliseconds = Float64Array.from(
    rows.flatMap(({ id, at }) => (arrivals.has(id) ? [arrivals.get(id).at - Number(at)] : [])),
  ).sort()
  return {
    sends: ids.length,
    arrived: milliseconds.length,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
    highest: milliseconds.at(-1),
  }
}

function report(measured) {
  writeResult('delivery', {
    sizes,
    tables: [
      {
        title: 'Messages that wait, and microseconds of processor time for each',
        head: ['', 'a second', 'ceiling', 'node', 'PostgreSQL', 'sink', 'lost', 'doubled', 'wrong'],
        rows: measured.backlogs.map(({ name, perSecond, ceiling, microseconds, lost, doubled, wrong }) => [
          name,
          show(perSecond, 0),
          show(ceiling, 0),
          ...Object.values(microseconds).map((time) => show(time, 0)),
          ...[lost, doubled, wrong].map(String),
        ]),
      },
      {
        title: 'Milliseconds from the send to its arrival at the mail server',
        head: ['', 'p50', 'p99', 'highest', 'sends', 'arrived'],
        rows: measured.sends.map(({ name, p50, p99, highest, sends, arrived }) => [
          name,
          ...[p50, p99, highest].map((time) => show(time)),
          ...[sends, arrived].map((count) => show(count, 0)),
        ]),
      },
    ],
    measured,
  })
}
