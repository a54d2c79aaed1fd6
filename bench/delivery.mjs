/**
 * `npm run bench:delivery`: how many mails a second a node delivers to a real SMTP server, and whether each arrives once
 * and with its code. The node, the mail server and PostgreSQL are separate processes on this machine; `fsync` is on. The
 * codes wait in the database as if a lost node had left them, so that only delivery is measured.
 *
 * DELIVERY_MAILS (100000) is their number; DELIVERY_SECONDS (540) is the time limit, because no code lives longer than
 * ten minutes.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { challengeId } from '../server/dist/domain/challenge.js'
import { Secret } from '../server/dist/domain/secret.js'
import { createCodeKeyring, revealCode } from '../server/dist/engine/codes/code-keys.js'
import { startEmbeddedPostgres } from '../server/dist/storage/postgres/embedded/embedded-postgres.js'
import { startChild } from './child-process.mjs'
import { writeResultFile } from './results.mjs'

const require = createRequire(new URL('../server/package.json', import.meta.url))
const pg = require('pg')
const here = dirname(fileURLToPath(import.meta.url))
const count = Math.min(1_000_000, Number(process.env.DELIVERY_MAILS ?? 100_000))
const secondsMax = Math.min(540, Number(process.env.DELIVERY_SECONDS ?? 540))
const secret = 'a secret of the benchmark, as long as it has to be'
const keyring = createCodeKeyring({ current: new Secret(secret), previous: null })

const directory = mkdtempSync(join(tmpdir(), 'watchword-bench-'))
const postgres = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres') })
const sink = startChild('../server/test/providers/smtp-sink-process.mjs')
const { port } = await sink.nextMessage()
const eye = new pg.Client({ connectionString: postgres.connectionString })
eye.on('error', () => {})
let node = startNode()
try {
  await eye.connect()
  await untilServing()
  // The codes are committed while no node runs, so that all of them wait when the clock starts.
  await stopNode()
  const challenges = await commit()
  node = startNode()
  const result = { ...(await measure(challenges)), at: new Date().toISOString(), processors: cpus().length }
  console.log(result)
  writeResultFile('delivery', result)
  if (result.lost + result.doubled + result.wrong > 0) process.exitCode = 1
} finally {
  await stopNode()
  sink.stop()
  await eye.end()
  await postgres.stop()
  rmSync(directory, { recursive: true, force: true })
}

function startNode() {
  return spawn(join(here, '..', 'server', 'bin', 'watchword.mjs'), ['dev'], {
    env: {
      ...process.env,
      DATABASE_URL: postgres.connectionString,
      WATCHWORD_DATA: directory,
      WATCHWORD_SECRET: secret,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: 'codes@shop.example',
      PORT: '0',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function stopNode() {
  if (node.exitCode !== null || node.signalCode !== null) return
  node.kill('SIGTERM')
  await once(node, 'exit')
}

async function untilServing() {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await eye.query("select to_regclass('event_people') as name").catch(() => null)
    const projects = found?.rows[0]?.name ? await eye.query('select 1 from projects') : null
    if (projects !== null && projects.rowCount >= 5) return
    await sleep(100)
  }
  throw new Error('the node did not start')
}

/** Codes that a node accepted half a minute ago, by their leases, and did not send. */
async function commit() {
  const { rows } = await eye.query(
    "select p.id, clock_now() as now from projects p where p.id like 'PRJ_%' limit 1",
  )
  const [{ id: projectId, now }] = rows
  const challenges = Array.from({ length: count }, (_, index) => ({
    id: challengeId(now, randomBytes(6)),
    projectId,
    address: `bench${index}@example.test`,
    purpose: 'service',
    keyId: keyring.current.id,
    digits: 6,
  }))
  for (let from = 0; from < count; from += 10_000) {
    await eye.query(
      `insert into challenges (project_id, id, purpose, channel, address, target, content, locale, key_id, tries,
         tries_max, created_at, expires_at, spends_token, delivery_state, leased_until)
       select $1, decode(id, 'hex'), 'service', 'email', address, address, 'code', 'en', $2, 0, 5, $3::timestamptz,
         $3::timestamptz + interval '10 minutes', false, 'queued', $3::timestamptz - interval '1 second'
       from json_to_recordset($4) as i(id text, address text)`,
      [projectId, keyring.current.id, now, JSON.stringify(challenges.slice(from, from + 10_000))],
    )
  }
  await eye.query('analyze challenges')
  return challenges
}

async function measure(challenges) {
  let firstAt = null
  let received = 0
  const endsAt = performance.now() + secondsMax * 1000
  while (received < count && performance.now() < endsAt) {
    await sleep(250)
    received = (await sink.ask('received')).received
    if (received > 0) firstAt ??= performance.now()
  }
  const seconds = (performance.now() - (firstAt ?? performance.now())) / 1000
  // Mails that are in flight when the time is over still arrive.
  await stopNode()
  const mails = new Map((await sink.ask('mails')).mails)
  const codesOf = ({ id }) => mails.get(id)?.codes ?? []
  return {
    mails: count,
    received,
    seconds: Math.round(seconds * 10) / 10,
    perSecond: Math.round(received / seconds),
    lost: challenges.filter((challenge) => codesOf(challenge).length === 0).length,
    doubled: challenges.filter((challenge) => codesOf(challenge).length > 1).length,
    wrong: challenges.filter((challenge) => {
      const code = revealCode(keyring, challenge).reveal()
      return codesOf(challenge).some((sent) => sent !== code)
    }).length,
  }
}
