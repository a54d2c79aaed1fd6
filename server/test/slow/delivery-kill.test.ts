import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/domain/secret.ts'
import { createCodeKeyring, revealCode } from '../../src/engine/codes/code-keys.ts'
import {
  type ChallengeRow,
  challengeColumns,
  challengeFromRow,
} from '../../src/storage/batches/challenge-rows.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { startSmtpSink } from '../providers/smtp-sink.ts'
import { type NodeProcess, startNodeProcess } from './races/node-process.ts'

/*
 * A node that is killed in the middle of its work, as an operator would see it: processes, a mail server, a database.
 */

const secret = 'a secret for tests that is long enough'
const count = 300
const directory = mkdtempSync(join(tmpdir(), 'watchword-kill-'))
let db: TestDatabase
let sink: Awaited<ReturnType<typeof startSmtpSink>>
let node: NodeProcess

beforeAll(async () => {
  // Ten connections at 60 ms a mail: a burst takes seconds, and dies in the middle.
  ;[db, sink] = await Promise.all([createTestDatabase(), startSmtpSink({ delayMilliseconds: 60 })])
  node = await startNode()
})
afterAll(async () => {
  await node.stop()
  await Promise.all([db.drop(), sink.stop()])
  rmSync(directory, { recursive: true, force: true })
})

const startNode = () =>
  startNodeProcess({
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: directory,
    WATCHWORD_SECRET: secret,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'codes@shop.example',
  })

test('kill -9: every accepted send arrives within 30 seconds of the restart, with its code', {
  timeout: 90_000,
}, async () => {
  const { apiKey, projectId } = JSON.parse(readFileSync(join(directory, 'dev.json'), 'utf8'))
  await createProjectStore(db.database).update(projectId, { settings: { rateLimit: null } })
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey, 'x-project-id': projectId }
  const accepted: string[] = []
  const send = async (target: string) => {
    const body = JSON.stringify({ target, channel: 'email' })
    const answer = await fetch(`${node.url}/api/v1/otp/send`, { method: 'POST', headers, body }).catch(
      () => null,
    )
    if (answer?.status === 201) accepted.push(target)
  }

  const sends = Array.from({ length: count }, (_, index) => send(`kill${index}@example.test`))
  await until(async () => accepted.length > count / 2 && (await sink.received()) > 20, 20_000)
  await node.kill()
  await Promise.all(sends)
  const before = await sink.received()
  expect(before).toBeLessThan(accepted.length)

  node = await startNode()
  const restartedAt = performance.now()
  const arrived = async () => new Set([...(await sink.mails()).values()].map(({ to }) => to))
  await until(async () => {
    const targets = await arrived()
    return accepted.every((target) => targets.has(target))
  }, 40_000)
  expect(performance.now() - restartedAt).toBeLessThan(30_000)

  const keyring = createCodeKeyring({ current: new Secret(secret), previous: null })
  const rows = await db.query<ChallengeRow>(`select ${challengeColumns} from challenges c`)
  const mails = await sink.mails()
  const wrong = rows.flatMap((row) => {
    const challenge = challengeFromRow(row)
    if (challenge === null) return []
    const code = revealCode(keyring, challenge).reveal()
    return mails.get(challenge.id)?.codes.some((sent) => sent !== code) ? [challenge.id] : []
  })
  expect(wrong).toEqual([])
})
