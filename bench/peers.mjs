/**
 * `npm run bench:peers`: the same load on Watchword, on a service of Fastify and `pg` as somebody would write it, and on
 * Better Auth's codes by e-mail. They take turns, on one PostgreSQL with a database for each and `fsync` on; the ratios are
 * those of a round. Better Auth is installed by npm into a temporary folder, without install scripts.
 * A login of Better Auth is compared with one of `account`: both check a code, and open a session of a user who exists.
 *
 * PEERS_ROUNDS (5), PEERS_REQUESTS (20000 of each kind in a round; logins and Better Auth a quarter),
 * PEERS (`fastify,better-auth`).
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { headersOf, startBenchServer } from './bench-server.mjs'
import { burstHead, burstRow, measureBurst, summarizeBursts, withoutAnswers } from './burst.mjs'
import { startChild } from './child-process.mjs'
import { openDatabase } from './fill.mjs'
import { createCodeLogins } from './neighbours.mjs'
import { show, showSpread, writeResult } from './results.mjs'
import { addressOf, assertAllValid, checkBodies, paths, sendBodies } from './service-load.mjs'
import { summarize } from './statistics.mjs'

const rounds = Number(process.env.PEERS_ROUNDS ?? 5)
const requests = Number(process.env.PEERS_REQUESTS ?? 20_000)
const few = Math.ceil(requests / 4)
const wanted = (process.env.PEERS ?? 'fastify,better-auth').split(',')
const betterAuthVersion = '1.7.25'

const folder = mkdtempSync(join(tmpdir(), 'watchword-peers-'))
const children = []
const load = keep(startChild('load.mjs'))
const server = await startBenchServer()
const database = await openDatabase(server)
try {
  const peers = [createWatchword()]
  if (wanted.includes('fastify')) peers.push(await startFastify())
  if (wanted.includes('better-auth')) peers.push(await startBetterAuth())
  const measured = []
  // The first round warms up plans and compilers.
  for (let round = 0; round <= rounds; round += 1) {
    const result = {}
    for (const measure of peers) Object.assign(result, await measure(round))
    if (round > 0) measured.push(result)
    console.error(round === 0 ? 'warmed up' : `round ${round}: ${inShort(result)}`)
  }
  report(measured)
} finally {
  for (const child of children) child.stop()
  await database.end()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

function keep(child) {
  children.push(child)
  return child
}

function measureOn(pid, job) {
  return measureBurst({ load, groups: { server: pid, postgres: server.postmaster }, job })
}

function createWatchword() {
  const project = server.createProject()
  const logIn = createCodeLogins({ server, database, load })
  const common = { port: server.port, headers: headersOf(project) }
  return async (round) => {
    const bodies = sendBodies(round, requests)
    const sends = await measureOn(server.pid, { ...common, path: paths.send, bodies, expectedStatus: 201 })
    const checks = await measureOn(server.pid, {
      ...common,
      path: paths.check,
      bodies: checkBodies(round, { answers: sends.answers, projectId: project.projectId }),
      expectedStatus: 200,
    })
    assertAllValid(checks.answers)
    const { codeLogin } = await logIn(round, few)
    return { 'Watchword, send': sends, 'Watchword, check': checks, 'Watchword, login by code': codeLogin }
  }
}

/** Starts a peer in a process of its own, on a database of its own beside ours. */
async function startPeer(name, parameters) {
  await database.query(`create database ${name.replace('-', '_')}`)
  const child = keep(startChild(`peer-${name}.mjs`, parameters))
  const listening = await child.ask({
    start: { connectionString: server.connectionString(name.replace('-', '_')) },
  })
  return { child, ...listening }
}

async function startFastify() {
  const { child, ...common } = await startPeer('fastify')
  return async (round) => {
    const emails = emailsOf(round, requests)
    const sends = await measureOn(child.pid, {
      ...common,
      path: '/send',
      bodies: emails.map((email) => JSON.stringify({ email })),
      expectedStatus: 201,
    })
    const codes = await takeCodes(child)
    const checks = await measureOn(child.pid, {
      ...common,
      path: '/check',
      bodies: emails.map((email) => JSON.stringify({ email, code: codes.get(email) })),
      expectedStatus: 200,
    })
    assertAllValid(checks.answers)
    return { 'Fastify and pg, send': sends, 'Fastify and pg, check': checks }
  }
}

async function startBetterAuth() {
  installBetterAuth()
  const { child, ...common } = await startPeer('better-auth', [folder])
  return async (round) => {
    const emails = emailsOf(round, few)
    await child.ask({ people: emails })
    const sends = await measureOn(child.pid, {
      ...common,
      path: '/api/auth/email-otp/send-verification-otp',
      bodies: emails.map((email) => JSON.stringify({ email, type: 'sign-in' })),
      expectedStatus: 200,
    })
    const codes = await takeCodes(child)
    const logins = await measureOn(child.pid, {
      ...common,
      path: '/api/auth/sign-in/email-otp',
      bodies: emails.map((email) => JSON.stringify({ email, otp: codes.get(email) })),
      expectedStatus: 200,
    })
    return { 'Better Auth, send': sends, 'Better Auth, login by code': logins }
  }
}

function installBetterAuth() {
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  const parameters = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--save-exact',
    '--loglevel=error',
  ]
  execFileSync('npm', [...parameters, `better-auth@${betterAuthVersion}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function emailsOf(round, count) {
  return Array.from({ length: count }, (_, index) => addressOf(round, index))
}

async function takeCodes(child) {
  return new Map((await child.ask({ takeCodes: true })).codes)
}

function inShort(result) {
  return Object.entries(result)
    .map(
      ([name, { perSecond, microseconds }]) =>
        `${name} ${show(perSecond, 0)}/s of ${show(microseconds.total)} µs`,
    )
    .join('; ')
}

function report(measured) {
  const names = Object.keys(measured[0])
  const pairs = names
    .filter((name) => !name.startsWith('Watchword'))
    .map((name) => ({ ours: `Watchword, ${oursFor(name)}`, theirs: name }))
  const ratio = (read) => showSpread(summarize(measured.map(read)), 2)
  writeResult('peers', {
    sizes: { PEERS_ROUNDS: rounds, PEERS_REQUESTS: requests, PEERS: wanted.join(',') },
    tables: [
      {
        title: 'The same load',
        head: burstHead,
        rows: names.map((name) => burstRow(name, summarizeBursts(measured.map((round) => round[name])))),
      },
      {
        title:
          'Ratios of a round: how many times as many a second, and the peer’s processor time for a request by ours',
        head: ['', 'a second', 'processor time'],
        rows: pairs.map(({ ours, theirs }) => [
          `${ours} : ${theirs}`,
          ratio((round) => round[ours].perSecond / round[theirs].perSecond),
          ratio((round) => round[theirs].microseconds.total / round[ours].microseconds.total),
        ]),
      },
    ],
    notes: [`Better Auth ${betterAuthVersion}.`].filter(() => wanted.includes('better-auth')),
    measured: measured.map((round) =>
      Object.fromEntries(Object.entries(round).map(([name, burst]) => [name, withoutAnswers(burst)])),
    ),
  })
}

/** What of ours a request of a peer is compared with. */
function oursFor(name) {
  return name.split(', ')[1]
}
