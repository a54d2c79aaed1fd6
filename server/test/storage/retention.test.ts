import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { createTestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { untilDelivered } from '../slow/races/invariants.ts'

/* How long data is kept, as docs/audit.md says, tested with servers that are started on later days. */

const env = { RETENTION_RECORD_DAYS: '33', RETENTION_EVENT_DAYS: '40', TRUST_PROXY: '1' }
const day = 86_400_000

/** The tables that lose rows with time, and on which day after the first their rows are still there, and gone. */
const kept: Record<string, [stillThere: number, gone: number]> = {
  idempotency_keys: [0, 4],
  proofs: [0, 4],
  limits: [0, 4],
  receipt_words: [0, 4],
  destinations: [8, 28],
  delivery_rates: [28, 38],
  refresh_tokens: [28, 38],
  sessions: [28, 38],
  challenges: [28, 38],
  code_counts: [28, 38],
  messages: [28, 38],
  webhook_deliveries: [28, 38],
  event_people: [38, 44],
  events: [38, 44],
  // Those from which an address was proven are remembered for longer.
  recipients: [28, 95],
}

test('everything has its time, and goes when a server looks: records, sessions, limits, events and the rest', async () => {
  const beside = {
    db: await createTestDatabase(),
    dataDirectory: mkdtempSync(join(tmpdir(), 'watchword-kept-')),
  }
  const { db } = beside
  const during = async (work: (node: TestApp) => Promise<unknown>) => {
    const node = await startTestApp({ env, beside })
    await work(node).finally(node.stop)
  }
  const first = new Map<string, string[]>()
  /** How many of the first day's rows a table still has. Keys are what does not change. */
  const left = async (table: string): Promise<number> => {
    const rows = await db.query<{ row: string }>(`select ${keyOf(table)} as row from ${table}`)
    const now = new Set(rows.map(({ row }) => row))
    return (first.get(table) ?? []).filter((row) => now.has(row)).length
  }
  try {
    await during(async (node) => {
      await leaveTraces(node)
      for (const table of Object.keys(kept)) {
        const rows = await db.query<{ row: string }>(`select ${keyOf(table)} as row from ${table}`)
        first.set(
          table,
          rows.map(({ row }) => row),
        )
        expect([table, rows.length]).toEqual([table, expect.toSatisfy((count: number) => count > 0)])
      }
    })
    const days = [...new Set(Object.values(kept).flat())].filter((at) => at > 0).sort((a, b) => a - b)
    let today = 0
    for (const at of days) {
      await db.moveClock((at - today) * day)
      today = at
      await during(async () => {
        const gone = Object.keys(kept).filter((table) => (kept[table]?.[1] ?? 0) <= at)
        await until(async () => (await Promise.all(gone.map(left))).every((count) => count === 0))
      })
      for (const [table, [stillThere]] of Object.entries(kept))
        if (at <= stillThere)
          expect([at, table, await left(table)]).toEqual([at, table, first.get(table)?.length])
    }
  } finally {
    await db.drop()
    rmSync(beside.dataDirectory, { recursive: true, force: true })
  }
})

/** The text of a table's primary key, or of the row if there is none. */
const keys: Record<string, string> = {
  events: "project_id || encode(id, 'hex')",
  challenges: "project_id || encode(id, 'hex')",
  code_counts: 'project_id || purpose || hour::text || outcome || channel',
  messages: "project_id || encode(challenge_id, 'hex') || attempt",
  event_people: "project_id || encode(event_id, 'hex')",
  webhook_deliveries: "project_id || encode(event_id, 'hex') || endpoint_id",
  sessions: 'id::text',
  refresh_tokens: "encode(hash, 'hex')",
  recipients: 'project_id || address',
  idempotency_keys: 'project_id || key',
  proofs: "encode(challenge_id, 'hex')",
  limits: 'project_id || scope || key || started_at::text',
  destinations: 'project_id || prefix || updated_at::text',
}
const keyOf = (table: string): string => keys[table] ?? `${table}::text`

/** Makes a row in every table. */
async function leaveTraces(node: TestApp): Promise<void> {
  const email = 'kim@example.test'
  const password = 'a quiet otter swims'
  const elsewhere = { 'x-forwarded-for': '203.0.113.7' }
  const admin = { authorization: `Bearer ${node.adminToken}` }
  const hooks = `/admin/v1/projects/${node.projects.service}/webhooks`
  const wish = { url: 'https://hooks.example.test/', eventTypes: ['challenge.created'] }
  await node.post(hooks, wish, admin)
  const sent = { target: email, channel: 'email' }
  await node.post('/api/v1/otp/send', sent, { ...node.serviceHeaders, 'idempotency-key': 'once' })
  await node.post('/auth/register', { email, password, firstname: 'K', lastname: 'M' }, elsewhere)
  await node.post('/auth/verify', { email, code: await node.inbox.lastCode(email) }, elsewhere)
  await node.post('/auth/login', { email: 'nobody@example.test', password })
  expect((await node.post('/auth/login', { email, password })).status).toBe(200)

  const mobile = '9175113022'
  await node.post('/api/auth/otp/send', { mobile, type: 'signup' }, elsewhere)
  const otp = await node.inbox.lastCode(`+91${mobile}`)
  expect((await node.post('/api/auth/otp/verify', { mobile, otp, type: 'signup' })).status).toBe(200)
  await untilDelivered(node)
  // What a provider's report looks like.
  await node.db.query("insert into receipt_words (carrier, word, body_digest) values ('gateway', 'w', 'd')")
  await node.db.query(
    "insert into delivery_rates values (date_trunc('hour', clock_now()), 'gateway', 'sms', 'IN', 1, 0)",
  )
}
