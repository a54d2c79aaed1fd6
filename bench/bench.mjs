/**
 * `npm run bench`: starts a server on a database of its own and measures sends and checks like a client, with the load
 * generator on the same machine; then measures the yardsticks in the same run, and how long the sends of a quiet project
 * take beside a busy one. Prints a table and writes it as JSON.
 * Durable: `fsync` and `synchronous_commit` are on. Every request has a different address; quota and limits are counted.
 */
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deriveCode } from '../server/dist/domain/code.js'
import { Secret } from '../server/dist/domain/secret.js'
import { createCodeKeyring } from '../server/dist/engine/codes/code-keys.js'
import { measureFairness } from './fairness.mjs'
import { measureInserts } from './insert-yardstick.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const program = join(here, '..', 'server', 'bin', 'watchword.mjs')
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const perRound = Number(process.env.BENCH_REQUESTS ?? 60_000)
const connections = 128

const dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-bench-'))
const secret = 'a secret of the benchmark, as long as it has to be'
const keyring = createCodeKeyring({ current: new Secret(secret), previous: null })
const environment = {
  ...process.env,
  WATCHWORD_DATA: dataDirectory,
  WATCHWORD_SECRET: secret,
  PORT: '0',
  LOG_LEVEL: 'error',
}

// Runs the program itself, not our own Node: its first line sets the memory flags of the product.
const server = spawn(program, ['dev'], {
  env: environment,
  stdio: ['ignore', 'ignore', 'inherit'],
})
const load = fork(join(here, 'load.mjs'))
const bare = fork(join(here, 'bare-route.mjs'))
const bareIsReady = new Promise((resolve) => bare.once('message', resolve))
try {
  const result = await measure()
  print(result)
  mkdirSync(join(here, 'results'), { recursive: true })
  const file = join(here, 'results', `${result.at.replace(/[:.]/g, '-')}.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`\nWritten to bench/results/${file.split('/').at(-1)}`)
} finally {
  load.disconnect()
  bare.disconnect()
  server.kill('SIGTERM')
  await new Promise((resolve) => (server.exitCode === null ? server.once('exit', resolve) : resolve()))
  rmSync(dataDirectory, { recursive: true, force: true })
}

async function measure() {
  const { url } = await untilReady()
  const port = Number(new URL(url).port)
  const { port: barePort } = await bareIsReady
  const project = createProject()
  const headers = headersOf(project)
  const idleMegabytes = memoryOf(server.pid).now

  const sends = []
  const checks = []
  const bareRoutes = []
  for (let round = 0; round <= rounds; round += 1) {
    const { answers, ...sent } = await run({
      port,
      path: '/api/v1/otp/send',
      headers,
      bodies: sendBodies(round),
    })
    const bodies = answers.map((answer, index) =>
      checkBody(round, index, { id: JSON.parse(answer).recordId, projectId: project.projectId }),
    )
    const { answers: verdicts, ...checked } = await run({
      port,
      path: '/api/v1/otp/verify',
      headers,
      bodies,
      expectedStatus: 200,
    })
    const wrong = verdicts.find((verdict) => !verdict.startsWith('{"valid":true'))
    if (wrong !== undefined) throw new Error(`a right code was answered ${wrong}`)
    const { answers: _, ...route } = await run({
      port: barePort,
      path: '/api/v1/otp/send',
      headers,
      bodies: sendBodies(round),
    })
    // The first round warms up plans and compilers, also for the yardsticks.
    if (round === 0) continue
    sends.push(sent)
    checks.push(checked)
    bareRoutes.push(route)
    console.error(
      `round ${round}: ${Math.round(sent.perSecond)} sends/s, ${Math.round(checked.perSecond)} checks/s`,
    )
  }
  const fairness = await measureFairness({
    port,
    busy: headers,
    quiet: headersOf(createProject()),
    rounds: Number(process.env.BENCH_FAIRNESS_ROUNDS ?? 6),
  })
  const insertsPerSecond = await measureInserts(connectionStringOf())

  const median = (list) => [...list].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(list.length / 2)]
  return {
    at: new Date().toISOString(),
    machine: { cores: availableParallelism(), model: cpus()[0]?.model, node: process.version },
    connections,
    requestsPerRound: perRound,
    rounds,
    sends: median(sends),
    checks: median(checks),
    yardsticks: { insertsPerSecond, bareRoute: median(bareRoutes) },
    ratios: {
      sendsToInserts: median(sends).perSecond / insertsPerSecond,
      checksToInserts: median(checks).perSecond / insertsPerSecond,
      sendsToBareRoute: median(sends).perSecond / median(bareRoutes).perSecond,
    },
    fairness,
    memoryMegabytes: {
      idle: idleMegabytes,
      serverPeak: memoryOf(server.pid).peak,
      withDatabase: memoryOf(server.pid).now,
    },
  }
}

function sendBodies(round) {
  return Array.from({ length: perRound }, (_, index) =>
    JSON.stringify({ target: addressOf(round, index), channel: 'email', recordId: `order_${index}` }),
  )
}

function checkBody(round, index, challenge) {
  const subject = { ...challenge, purpose: 'service', address: addressOf(round, index), digits: 6 }
  const code = deriveCode(keyring.current, subject).reveal()
  return JSON.stringify({ target: addressOf(round, index), code, recordId: `order_${index}` })
}

function addressOf(round, index) {
  return `user${round}.${index}@example.test`
}

function run({ expectedStatus = 201, ...job }) {
  return new Promise((resolve, reject) => {
    load.once('message', (result) =>
      result.error === undefined ? resolve(result) : reject(new Error(result.error)),
    )
    load.send({ ...job, expectedStatus, connections })
  })
}

async function untilReady() {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (server.exitCode !== null) throw new Error('the server has ended')
    try {
      return JSON.parse(readFileSync(join(dataDirectory, 'dev.json'), 'utf8'))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error('the server did not start within a minute')
}

function createProject() {
  const options = ['--rate-limit', '1000000/60', '--tokens', '1000000000', '--carrier', 'null', '--json']
  return JSON.parse(
    execFileSync(process.execPath, [program, 'projects', 'create', 'Bench', ...options], {
      env: environment,
      encoding: 'utf8',
    }),
  )
}

function headersOf({ apiKey, projectId }) {
  return `X-Api-Key: ${apiKey}\r\nX-Project-Id: ${projectId}\r\n`
}

/** The address of the server's embedded PostgreSQL. */
function connectionStringOf() {
  const [, port = '5432', socketDirectory] = postmasterLines()
  return `postgresql://watchword@/watchword?host=${encodeURIComponent(socketDirectory)}&port=${port}`
}

function postmasterLines() {
  const lines = readFileSync(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return [lines[0], lines[3], lines[4]]
}

/** The proportional memory of the server and of every PostgreSQL process in MB, and the server's own peak. */
function memoryOf(pid) {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          return [
            [Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1])],
          ]
        } catch {
          return []
        }
      }),
  )
  const postmaster = Number(postmasterLines()[0])
  const ours = [...parents.keys()].filter(
    (id) => id === pid || id === postmaster || parents.get(id) === postmaster,
  )
  const kilobytes = ours.map((id) => field(`/proc/${id}/smaps_rollup`, 'Pss'))
  return {
    now: Math.round(sum(kilobytes) / 1024),
    peak: Math.round(field(`/proc/${pid}/status`, 'VmHWM') / 1024),
  }
}

function field(file, name) {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

function print({ machine, sends, checks, yardsticks, ratios, fairness, memoryMegabytes }) {
  const row = (name, { perSecond, p50, p99 }) =>
    console.log(
      `${name.padEnd(28)} ${String(Math.round(perSecond)).padStart(8)}/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`,
    )
  console.log(
    `${machine.cores} cores, ${machine.node}, ${connections} connections, load generator included\n`,
  )
  row('sends', sends)
  row('checks', checks)
  row('bare Fastify route', yardsticks.bareRoute)
  console.log(
    `${'single-row inserts'.padEnd(28)} ${String(Math.round(yardsticks.insertsPerSecond)).padStart(8)}/s`,
  )
  console.log(
    `\nsends : inserts ${ratios.sendsToInserts.toFixed(2)}   checks : inserts ${ratios.checksToInserts.toFixed(2)}   sends : bare route ${ratios.sendsToBareRoute.toFixed(2)}`,
  )
  console.log(`p99 of a quiet project beside a busy one : alone ${fairness.ratio.toFixed(2)}`)
  console.log(
    `memory: ${memoryMegabytes.idle} MB idle and ${memoryMegabytes.withDatabase} MB after the load with the database; the server alone at most ${memoryMegabytes.serverPeak} MB`,
  )
}
