import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'
import type { TestAnswer } from './ask.ts'
import { tokenPath } from './receipt-world.ts'
import { startTestApp, type TestApp } from './start-test-app.ts'
import { until } from './until.ts'

/*
 * A server with two gateways and prices, as its operator sees it through the admin API.
 */

export type OperatorWorld = Awaited<ReturnType<typeof startOperatorWorld>>

/** Messages to Tanzania go by `north`, others by `south`, which is the second choice for Tanzania too. Mail goes to the inbox. */
export async function startOperatorWorld() {
  const north = await startGateway('north')
  const south = await startGateway('south')
  const folder = mkdtempSync(join(tmpdir(), 'watchword-operator-'))
  writeFileSync(join(folder, 'watchword.yaml'), configurationOf(north, south))
  const logLines: string[] = []
  const app: TestApp = await startTestApp({
    env: { WATCHWORD_CONFIG: join(folder, 'watchword.yaml'), TRUST_PROXY: '1' },
    logLines,
  })
  const admin: AskAdmin = (method, path, body) =>
    app.request(method, `/admin/v1${path}`, {
      headers: { authorization: `Bearer ${app.adminToken}` },
      ...(body === undefined ? {} : { body }),
    })

  return {
    app,
    north,
    south,
    logLines,
    /** Asks the admin API. */
    admin,
    createProject: (settings: object = {}) => createServiceProject({ app, admin }, settings),
    /** Resolves when every message has found its carrier, or none. */
    settled: () =>
      until(async () => {
        const [row] = await app.db.query<{ count: string }>(
          "select count(*) from challenges where delivery_state = 'queued'",
        )
        return row?.count === '0'
      }),
    /** Reports on a message as its gateway does, and waits until it is stored. */
    async report(carrier: string, id: string, state: string): Promise<void> {
      const answer = await app.post(tokenPath(carrier), { id, state, detail: 'as told' })
      if (answer.status >= 300) throw new Error(`the report was answered ${answer.status}`)
      await until(async () => {
        const rows = await app.db.query(
          'select 1 from messages where carrier = $1 and carrier_message_id = $2 and receipt_state = $3',
          [carrier, id, state],
        )
        return rows.length > 0
      })
    },
    async stop(): Promise<void> {
      await app.stop()
      await north.peer.stop()
      await south.peer.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

const configurationOf = (north: Gateway, south: Gateway): string => `
carriers:
  north: {kind: webhook, url: {whatsapp: "${north.peer.url}"}}
  south: {kind: webhook, url: {whatsapp: "${south.peer.url}"}}
routes:
  email: [inbox]
  whatsapp: [{carrier: north, to: [TZ]}, south]
currency: USD
prices: {north: {other: 0.02}, south: {CI: 0.05, other: 0.03}}
`

type Gateway = { peer: WebhookPeer; lastId: () => string; refuse: (isRefusing: boolean) => void }

/** A gateway that gives every message an id of its own. */
async function startGateway(name: string): Promise<Gateway> {
  const peer = await startWebhookPeer()
  let count = 0
  const accept = () =>
    peer.answer((response) => {
      count += 1
      response.writeHead(202, { 'content-type': 'application/json' }).end(`{"id":"${name}-${count}"}`)
    })
  accept()
  return {
    peer,
    lastId: () => `${name}-${count}`,
    refuse: (isRefusing) => (isRefusing ? peer.behave('refuse-for-good') : accept()),
  }
}

type AskAdmin = (method: string, path: string, body?: unknown) => Promise<TestAnswer>

type Asking = { app: TestApp; admin: AskAdmin }

/** A `service` project of its own, with what its callers do. */
async function createServiceProject({ app, admin }: Asking, settings: object) {
  const caps = { sendsPerTenMinutes: 1000, sendsPerDay: 1000, sendsPerDayEverywhere: 1000 }
  const { body } = await admin('POST', '/projects', {
    name: 'Kikapu',
    settings: { region: 'TZ', countries: 'any', ...caps, ...settings },
  })
  const headers = { 'x-api-key': body.apiKey, 'x-project-id': body.projectId }
  const send = async (target: string, more: object = {}): Promise<string> => {
    const channel = target.includes('@') ? 'email' : 'whatsapp'
    const answer = await app.post('/api/v1/otp/send', { target, channel, ...more }, headers)
    if (answer.status !== 201) throw new Error(`the send was answered ${JSON.stringify(answer.body)}`)
    return answer.body.recordId
  }
  const verify = (target: string, code: string, more: object = {}) =>
    app.post('/api/v1/otp/verify', { target, code, ...more }, headers)
  return {
    id: body.projectId as string,
    headers,
    path: `/projects/${body.projectId}`,
    /** Sends a code, and returns the id of its challenge. */
    send,
    verify,
  }
}
