/**
 * `npm run test:timing`: whether response times reveal what an answer hides: the state of a code (V7), whether an
 * account exists (S7), why a login failed (A3). One node in production mode, PostgreSQL with `fsync` on, a mail server
 * and a gateway are separate processes on this machine. The requests for all sides of a group are sent in random order
 * on one connection, a thousand for each side and run, each about another person and from another network. A pair is
 * two sides of a group. It passes when its medians differ by less than a millisecond in three of five runs.
 *
 * TIMING_RUNS (5), TIMING_REQUESTS (2000 for each pair and run), TIMING_GROUPS (a pattern: `A3`, `V7 mobile`).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { defaultProjectSettings } from '../server/dist/domain/project.js'
import { createDatabase } from '../server/dist/storage/postgres/database.js'
import { startEmbeddedPostgres } from '../server/dist/storage/postgres/embedded/embedded-postgres.js'
import { migrate } from '../server/dist/storage/postgres/migrate.js'
import { createProjectStore } from '../server/dist/storage/stores/projects.js'
import { startChild } from './child-process.mjs'
import { openConnection } from './raw-client.mjs'
import { writeResultFile } from './results.mjs'
import { medianOf } from './statistics.mjs'
import { createSubjects } from './timing-subjects.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const runs = Number(process.env.TIMING_RUNS ?? 5)
const perSide = Number(process.env.TIMING_REQUESTS ?? 2_000) / 2
const wanted = new RegExp(process.env.TIMING_GROUPS ?? '')
const runsThatPass = Math.ceil(runs * 0.6)
const millisecondsMax = 1
const warmUp = 50

const regions = { citizen: 'CI', account: null, kikapu: 'TZ', mobile: 'IN' }
const password = 'a quiet otter sinks'

const national = { citizen: (phone) => phone.slice(4), mobile: (phone) => phone.slice(3) }
const guesses = {
  citizen: {
    purpose: 'citizen',
    path: '/otp/verify',
    body: (phone) => ({ phoneNumber: national.citizen(phone), otp: '00000' }),
  },
  account: {
    purpose: 'account-login',
    path: '/auth/login/otp',
    body: (email) => ({ email, code: '000000' }),
  },
  kikapu: {
    purpose: 'kikapu-login',
    path: '/auth/api/verify-otp/',
    body: (phoneNumber) => ({ phoneNumber, otp: '00000' }),
  },
  mobile: {
    purpose: 'mobile-login',
    path: '/api/auth/otp/verify',
    body: (phone) => ({ mobile: national.mobile(phone), type: 'login', otp: '000000' }),
  },
}

/** Groups of sides that must look the same. A side creates the people that its requests are about. */
const groups = [
  ...Object.entries(guesses).map(([dialect, { purpose, path, body }]) => ({
    name: `V7 ${dialect}`,
    path,
    body,
    sides: (subjects) =>
      Object.fromEntries(
        subjects.codeStates.map((state) => [
          state,
          (count) => subjects.guessed(dialect, purpose, count, state),
        ]),
      ),
  })),
  ...['/auth/login/otp/generate', '/auth/forgot-password'].map((path) => ({
    name: `S7 account ${path}`,
    path,
    body: (email) => ({ email }),
    sides: knownAndUnknown('account'),
  })),
  {
    name: 'S7 account /auth/register',
    path: '/auth/register',
    body: (email) => ({ email, password, firstname: 'Ada', lastname: 'Byron' }),
    sides: knownAndUnknown('account'),
  },
  ...['login', 'signup'].map((type) => ({
    name: `S7 mobile send ${type}`,
    path: '/api/auth/otp/send',
    body: (phone) => ({ mobile: national.mobile(phone), type }),
    sides: knownAndUnknown('mobile'),
  })),
  {
    name: 'A3 account',
    path: '/auth/login',
    body: (email) => ({ email, password }),
    sides: failedLogins('account', {}),
  },
  {
    name: 'A3 kikapu',
    path: '/auth/api/agent/login/',
    body: (phoneNumber) => ({ phoneNumber, password }),
    sides: failedLogins('kikapu', { type: 'AGENT' }),
  },
].filter(({ name }) => wanted.test(name))

function knownAndUnknown(dialect) {
  return (subjects) => ({
    known: (count) => subjects.people(dialect, count),
    unknown: (count) => subjects.strangers(dialect, count),
  })
}

function failedLogins(dialect, more) {
  return (subjects) => ({
    wrong: (count) => subjects.people(dialect, count, more),
    unknown: (count) => subjects.strangers(dialect, count),
    disabled: (count) => subjects.people(dialect, count, { ...more, isActive: false }),
    locked: (count) => subjects.people(dialect, count, { ...more, isLocked: true }),
  })
}

const directory = mkdtempSync(join(tmpdir(), 'watchword-timing-'))
const postgres = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres') })
const sinks = [startChild('../server/test/providers/smtp-sink-process.mjs'), startChild('gateway.mjs')]
const [smtp, sms] = await Promise.all(sinks.map((sink) => sink.nextMessage()))
let node = null
try {
  const projects = await createProjects()
  node = await startNode(projects)
  const subjects = await createSubjects(postgres.connectionString, projects)
  const pairs = []
  try {
    for (const group of groups) pairs.push(...(await measureGroup(group, subjects)))
  } finally {
    await subjects.close()
  }
  report(pairs)
} finally {
  if (node !== null) {
    node.process.kill('SIGTERM')
    if (node.process.exitCode === null) await once(node.process, 'exit')
  }
  for (const sink of sinks) sink.stop()
  await postgres.stop()
  rmSync(directory, { recursive: true, force: true })
}

/** A project for each dialect, with limits that the measurement does not reach. */
async function createProjects() {
  const database = createDatabase({ connectionString: postgres.connectionString })
  await migrate(database)
  const store = createProjectStore(database)
  const ids = {}
  for (const [dialect, region] of Object.entries(regions)) {
    const settings = { ...defaultProjectSettings, region, failedChecksPerHour: 1_000_000, pumpingLimit: null }
    const project = await store.create({
      id: null,
      workspaceId: null,
      name: dialect,
      settings,
      tokensGranted: null,
    })
    ids[dialect] = project.id
  }
  await database.close()
  return ids
}

async function startNode(projects) {
  const mounts = Object.entries(projects).map(
    ([dialect, project]) =>
      `  - { dialect: ${dialect}, project: ${project}${dialect === 'citizen' ? ', codeInResponse: false' : ''} }`,
  )
  writeFileSync(join(directory, 'watchword.yaml'), `mounts:\n${mounts.join('\n')}\n`)
  const child = spawn(join(here, '..', 'server', 'bin', 'watchword.mjs'), ['serve'], {
    env: {
      ...process.env,
      DATABASE_URL: postgres.connectionString,
      WATCHWORD_DATA: directory,
      WATCHWORD_CONFIG: join(directory, 'watchword.yaml'),
      WATCHWORD_SECRET: 'a secret of the benchmark, as long as it has to be',
      SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      MAIL_FROM: 'codes@shop.example',
      SMS_WEBHOOK_URL: `http://127.0.0.1:${sms.port}/`,
      TRUST_PROXY: '1',
      PORT: '0',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = []
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.length < 50) said.push(line)
      if (/"level":(50|60)/.test(line)) console.error(line)
      const url = /"event":"listening","url":"([^"]+)"/.exec(line)?.[1]
      if (url !== undefined) resolve(Number(new URL(url).port))
    })
    child.once('exit', () => reject(new Error(`the node did not start:\n${said.join('\n')}`)))
  })
  return { process: child, port }
}

/** The medians of every side in every run, in pairs. */
async function measureGroup({ name, path, body, sides }, subjects) {
  const makers = Object.entries(sides(subjects))
  const medians = Object.fromEntries(makers.map(([side]) => [side, []]))
  for (let run = 0; run < runs; run += 1) {
    const turns = []
    for (const [side, make] of makers)
      for (const address of await make(perSide + warmUp))
        turns.push({ side, text: JSON.stringify(body(address)) })
    await subjects.settle()
    const times = await ask(path, shuffle(turns))
    for (const [side] of makers) medians[side].push(medianOf(times.get(side).slice(warmUp)))
    const shown = makers.map(([side]) => `${side} ${medians[side].at(-1).toFixed(2)}`)
    console.log(`${name}, run ${run + 1}: ${shown.join(', ')} ms`)
  }
  const names = makers.map(([side]) => side)
  return names.flatMap((one, index) =>
    names.slice(index + 1).map((other) => ({
      name: `${name}: ${one} / ${other}`,
      medians: medians[one].map((median, run) => [median, medians[other][run]]),
    })),
  )
}

/**
 * A random order over all requests. In rounds of one request for each side, a side would mostly follow the same other
 * side, and be measured while the messages of that side are sent.
 */
function shuffle(turns) {
  const shuffled = [...turns]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(Math.random() * (last + 1))
    ;[shuffled[last], shuffled[chosen]] = [shuffled[chosen], shuffled[last]]
  }
  return shuffled
}

/** Sends the requests one by one, and measures each answer. All answers of a group must have the same status. */
async function ask(path, turns) {
  const connection = openConnection(node.port)
  const times = new Map(turns.map(({ side }) => [side, []]))
  const statuses = new Set()
  for (const [index, { side, text }] of turns.entries()) {
    const network = `X-Forwarded-For: 10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}\r\n`
    const startedAt = performance.now()
    const { status } = await connection.request(path, network, text)
    const milliseconds = performance.now() - startedAt
    statuses.add(status)
    times.get(side).push(milliseconds)
  }
  connection.close()
  if (statuses.size !== 1) throw new Error(`${path} was answered ${[...statuses].join(' and ')}`)
  return times
}

/** Prints every pair with its medians and their difference, run by run, and writes them as JSON. */
function report(pairs) {
  const results = pairs.map(({ name, medians }) => {
    const differences = medians.map(([one, other]) => one - other)
    const close = differences.filter((difference) => Math.abs(difference) < millisecondsMax).length
    return { name, medians, differences, isClose: close >= runsThatPass }
  })
  console.log(`\nPair: medians in ms → difference, for each of ${runs} runs of ${perSide * 2} requests`)
  for (const { name, medians, differences, isClose } of results) {
    const shown = medians.map(
      ([one, other], run) => `${one.toFixed(2)} ${other.toFixed(2)} → ${differences[run].toFixed(2)}`,
    )
    console.log(`${isClose ? 'passes' : 'FAILS '} ${name}: ${shown.join(' | ')}`)
  }
  writeResultFile('timing', { at: new Date().toISOString(), runs, requests: perSide * 2, pairs: results })
  if (results.some(({ isClose }) => !isClose)) process.exitCode = 1
}
