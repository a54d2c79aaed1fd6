import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { webhookAssociatedData } from '../../src/engine/operations/manage-webhooks.ts'
import { createSealer } from '../../src/engine/operations/sealing.ts'
import type { Line } from '../harness/audit-world.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp, testSecret } from '../harness/start-test-app.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { startWebhookReceiver } from '../providers/webhook-receiver.ts'

/*
 * A server that was filled when each event had a row of its own is started by this version. Its events stay as they are, with
 * their ids, beside rows that hold several.
 */

const firstNumber = 26
const projectId = 'PRJ_earlier00001' as ProjectId
const webhookId = 'WHK_earlier00001'
const webhookSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

let db: TestDatabase
let app: TestApp
let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>
let earlier: Line[]
const dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-earlier-'))
beforeAll(async () => {
  receiver = await startWebhookReceiver()
  db = await createTestDatabase({ before: firstNumber })
  await fill()
  app = await startTestApp({ beside: { db, dataDirectory } })
  earlier = await exported()
})
afterAll(async () => {
  await app?.stop()
  await receiver?.stop()
  await db?.drop()
  rmSync(dataDirectory, { recursive: true })
})

const people = ['ada', 'ben', 'cy'].map((name) => `${name}@example.test`)

/** Three codes and their events, an event about an address without a code, one about an account, and deliveries that wait. */
async function fill(): Promise<void> {
  await db.query('update installation set is_development = true')
  await db.query("insert into workspaces (id) values ('WSP_earlier')")
  await db.query('insert into projects (id, workspace_id, name, settings) values ($1, $2, $3, $4)', [
    projectId,
    'WSP_earlier',
    'Earlier',
    defaultProjectSettings,
  ])
  await db.query('insert into quotas (project_id) values ($1)', [projectId])
  const sealed = createSealer({ current: new Secret(testSecret), previous: null }).seal(
    new Secret(webhookSecret),
    webhookAssociatedData(projectId, webhookId),
  )
  await db.query(
    'insert into webhook_endpoints (project_id, id, url, event_types, secret) values ($1, $2, $3, $4, $5)',
    [projectId, webhookId, receiver.url(), ['challenge.created'], sealed],
  )
  await db.query(
    "insert into accounts (project_id, id, type, email) values ($1, 7, 'USER', 'account@example.test')",
    [projectId],
  )
  await db.query(
    `insert into challenges (project_id, id, purpose, channel, address, target, content, locale, key_id, tries, tries_max,
      created_at, expires_at, spends_token, delivery_state)
    select $1, event_id(at), 'service', 'email', address, address, 'code', 'en', 'k', 0, 5, at, at + interval '5 minutes', false,
      'accepted'
    from unnest($2::text[]) as address, lateral (select clock_now() - interval '1 hour' as at) a`,
    [projectId, people],
  )
  // With all bits of their ids by chance, as they were then; the last one has those that no row of several has.
  await db.query(
    `insert into events (project_id, id, type, challenge_id, details)
    select project_id, set_byte(event_id(created_at), 11, 253 + (row_number() over ())::integer - 1), 'challenge.created', id,
      '{"purpose":"service","channel":"email","content":"code"}'
    from challenges`,
  )
  await db.query(
    `insert into webhook_deliveries (project_id, event_id, endpoint_id, next_at)
    select project_id, id, $1, clock_now()
    from events`,
    [webhookId],
  )
  await db.query(
    `with refused as (
      insert into events (project_id, id, type, details)
      values ($1, event_id(clock_now() - interval '30 minutes'), 'challenge.refused',
        '{"purpose":"service","channel":"email","refusal":"address-capped"}')
      returning project_id, id
    )
    insert into event_people (project_id, event_id, address)
    select project_id, id, 'refused@example.test'
    from refused`,
    [projectId],
  )
  await db.query(
    `insert into events (project_id, id, type, account_id, details)
    values ($1, event_id(clock_now() - interval '20 minutes'), 'account.created', 7, '{"accountType":"USER","via":"registration"}')`,
    [projectId],
  )
}

async function exported(): Promise<Line[]> {
  const reveal = ['--reveal', '--reason', 'to compare them']
  const { stdout, stderr, code } = await runCommand(['audit', 'export', '--project', projectId, ...reveal], {
    env: { DATABASE_URL: db.connectionString },
  })
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ type, scope }) => scope === projectId && type !== 'audit.exported')
}

const admin = (method: string, path: string, body?: unknown) =>
  app.request(method, `/admin/v1/projects/${projectId}${path}`, {
    headers: { authorization: `Bearer ${app.adminToken}` },
    ...(body === undefined ? {} : { body }),
  })

test('every event is read as before, with its id and its address', async () => {
  const stored = await db.query<{ id: string }>(
    `select encode(id, 'hex') as id from events where project_id = $1 and type <> 'audit.exported' order by id`,
    [projectId],
  )
  expect(earlier.map(({ eventId }) => eventId)).toEqual(stored.map(({ id }) => id))
  const about = earlier.map(({ type, address }) => `${type} ${address}`)
  expect(about.slice(0, 3).sort()).toEqual(people.map((address) => `challenge.created ${address}`))
  expect(about.slice(3)).toEqual([
    'challenge.refused refused@example.test',
    'account.created account@example.test',
  ])
})

test('deliveries that waited are made', async () => {
  await until(() => receiver.received.length >= people.length)
  for (const { headers, body } of receiver.received)
    expect(() => new Webhook(webhookSecret).verify(body, headers)).not.toThrow()
  const told = receiver.received.map(({ event: { data } }) => `${data.eventId} ${data.address}`)
  expect(told.sort()).toEqual(
    earlier
      .slice(0, 3)
      .map(({ eventId, address }) => `${eventId} ${address}`)
      .sort(),
  )
})

test('an id that somebody has kept goes on in the list, and is delivered again', async () => {
  for (const [index, { eventId }] of earlier.entries()) {
    const { body } = await admin('GET', `/events?after=${eventId}`)
    const ids = body.events.map((event: Line) => event.eventId)
    expect(ids.slice(0, earlier.length - 1 - index)).toEqual(
      earlier.slice(index + 1).map((event) => event.eventId),
    )
  }
  const before = receiver.received.length
  for (const { eventId } of earlier.slice(0, 3))
    expect(await admin('POST', `/webhooks/${webhookId}/replay`, { eventId })).toMatchObject({
      status: 202,
      body: { deliveries: 1 },
    })
  await until(() => receiver.received.length === before + 3)
})

test('what happens from now on comes after it, and one person can still be erased', async () => {
  const { apiKey } = (await admin('POST', '/keys', { name: 'later' })).body
  const headers = { 'x-api-key': apiKey, 'x-project-id': projectId }
  const later = Array.from({ length: 12 }, (_, nth) => `later${nth}@example.test`)
  await Promise.all(
    later.map((target) => app.post('/api/v1/otp/send', { target, channel: 'email' }, headers)),
  )
  const lines = await exported()
  expect(lines.slice(0, earlier.length)).toEqual(earlier)
  const created = lines.slice(earlier.length).filter(({ type }) => type === 'challenge.created')
  expect(created.map(({ address }) => address).sort()).toEqual([...later].sort())

  const erased = ['ben@example.test', 'refused@example.test', 'later5@example.test']
  for (const person of erased) {
    const env = { DATABASE_URL: db.connectionString }
    expect((await runCommand(['users', 'erase', person, '--project', projectId], { env })).code).toBe(0)
  }
  expect((await exported()).filter(({ type }) => type !== 'person.erased')).toEqual(
    lines.map((line) => (erased.includes(line.address ?? '') ? { ...line, address: null } : line)),
  )
})
