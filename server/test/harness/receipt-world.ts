import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { challengeId } from '../../src/domain/challenge.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createCallbackTokens } from '../../src/engine/operations/callback-tokens.ts'
import { singleEvents } from '../../src/storage/stores/event-rows.ts'
import { startTestApp, type TestApp } from './start-test-app.ts'

/** The URL of our server as providers know it. */
export const publicUrl = 'https://codes.example.test'
export const masterSecret = 'a secret for tests that is long enough'

const tokens = createCallbackTokens({ current: new Secret(masterSecret), previous: null })

/** The path that a carrier's provider reports to when it does not sign its reports. */
export const tokenPath = (carrier: string): string => `/receipts/${carrier}/${tokens.tokenOf(carrier)}`

export type Sent = {
  method?: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

export type ReceiptWorld = Awaited<ReturnType<typeof startReceiptWorld>>

/** A node with the carriers of a configuration file, and messages that they accepted. */
export async function startReceiptWorld(carriers: string, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-receipts-'))
  writeFileSync(join(folder, 'watchword.yaml'), carriers)
  const logLines: string[] = []
  const app: TestApp = await startTestApp({
    env: { WATCHWORD_CONFIG: join(folder, 'watchword.yaml'), PUBLIC_URL: publicUrl, ...env },
    logLines,
  })
  const { db } = app
  const projectId = app.projects.service

  const newChallenge = async ({ expiresInSeconds = 300 } = {}): Promise<string> => {
    const id = challengeId(new Date(), randomBytes(6))
    await db.query(
      `insert into challenges (project_id, id, purpose, channel, address, target, content, locale, key_id, tries, tries_max,
        created_at, expires_at, spends_token, delivery_state, delivery_tries)
      values ($1, $2, 'service', 'sms', '+2250701020304', '+2250701020304', 'code', 'en', 'key', 0, 5, clock_now(),
        clock_now() + make_interval(secs => $3), true, 'accepted', 1)`,
      [projectId, `\\x${id}`, expiresInSeconds],
    )
    return id
  }

  return {
    app,
    logLines,
    projectId,
    newChallenge,
    /** A message that a carrier accepted; of a new challenge when none is named. */
    async accepted(carrier: string, carrierMessageId: string, of?: string, attempt = 1): Promise<string> {
      const id = of ?? (await newChallenge())
      await db.query(
        `insert into messages (project_id, challenge_id, attempt, carrier, outcome, carrier_message_id, started_at,
          finished_at, channel, country)
        values ($1, $2, $3, $4, 'accepted', $5, clock_now(), clock_now(), 'sms', 'CI')`,
        [projectId, `\\x${id}`, attempt, carrier, carrierMessageId],
      )
      return id
    },
    /** The stored state of a message. */
    async stateOf(carrier: string, carrierMessageId: string): Promise<string> {
      const [row] = await db.query<{ state: string | null }>(
        'select receipt_state as state from messages where carrier = $1 and carrier_message_id = $2',
        [carrier, carrierMessageId],
      )
      return row === undefined ? 'none' : (row.state ?? 'accepted')
    },
    async tokensUsed(): Promise<number> {
      const [row] = await db.query<{ used: string }>(
        'select tokens_used as used from quotas where project_id = $1',
        [projectId],
      )
      return Number(row?.used)
    },
    async events(challenge: string): Promise<{ type: string; details: unknown }[]> {
      return db.query(`select type, details from ${singleEvents()} e where challenge_id = $1 order by id`, [
        `\\x${challenge}`,
      ])
    },
    /** Sends a request as a provider does, with its own body. */
    async send({
      method = 'POST',
      path,
      headers = {},
      body,
    }: Sent): Promise<{ status: number; text: string }> {
      const answer = await fetch(new URL(path, app.url), {
        method,
        headers,
        ...(method === 'POST' ? { body: body ?? '' } : {}),
      })
      return { status: answer.status, text: await answer.text() }
    },
    async stop(): Promise<void> {
      await app.stop()
      rmSync(folder, { recursive: true })
    },
  }
}
