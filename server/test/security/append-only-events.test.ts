import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../../src/storage/postgres/database.ts'
import { runMaintenance } from '../../src/storage/postgres/maintenance.ts'
import { migrate } from '../../src/storage/postgres/migrate.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const password = 'a quiet otter swims'

describe('events are append-only (L1)', () => {
  const changes = [
    "update events set type = 'x'",
    'delete from events',
    `delete from events_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`,
    `truncate events_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`,
  ]

  test('even for the owner of the table', async () => {
    for (const sql of changes) await expect(app.db.query(sql)).rejects.toThrow(/append-only/)
  })

  /** Creates a role that owns nothing, as docs/audit.md does, and its connection string. */
  async function createServerRole(): Promise<{ connectionString: string; drop: () => Promise<void> }> {
    const role = `server_${randomBytes(4).toString('hex')}`
    await app.db.query(`create role ${role} login password 'server'`)
    await app.db.query(`select grant_server('${role}')`)
    return {
      connectionString: app.db.connectionString.replace(
        /^(postgres(?:ql)?:\/\/)[^@/]*@?/,
        `$1${role}:server@`,
      ),
      async drop() {
        await app.db.query(`drop owned by ${role}`)
        await app.db.query(`drop role ${role}`)
      },
    }
  }

  test('and a server that does not own it has no right to try, yet all it needs', async () => {
    const role = await createServerRole()
    const database = createDatabase({ connectionString: role.connectionString })
    const logLines: string[] = []
    const node = await startTestApp({ env: { DATABASE_URL: role.connectionString }, beside: app, logLines })
    try {
      await migrate(database)
      for (const sql of changes) await expect(database.query('change', sql)).rejects.toThrow()
      await runMaintenance(database)

      const email = 'role@example.test'
      await node.post('/auth/register', { email, password, firstname: 'R', lastname: 'O' })
      await node.post('/auth/verify', { email, code: await node.inbox.lastCode(email) })
      const { refreshToken } = (await node.post('/auth/login', { email, password })).body.data
      expect((await node.post('/auth/refresh', { refreshToken })).status).toBe(200)
      const sent = await node.post(
        '/api/v1/otp/send',
        { target: email, channel: 'email' },
        node.serviceHeaders,
      )
      expect(sent.status).toBe(201)
      const admin = { authorization: `Bearer ${node.adminToken}` }
      const made = await node.post('/admin/v1/projects', { name: 'Made by a role' }, admin)
      expect(made.status).toBe(201)
      const as = { env: { DATABASE_URL: role.connectionString } }
      const erased = await runCommand(['users', 'erase', email, '--project', node.projects.account], as)
      expect({ code: erased.code, stderr: erased.stderr }).toEqual({ code: 0, stderr: '' })
      expect(logLines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([])
      const doctor = await runCommand(['doctor'], { env: { ...as.env, PORT: '0' } })
      expect(doctor.stdout).toMatch(/^ok +Schema +version \d+, up to date$/m)
      expect(doctor.stdout).not.toMatch(/^fail +(PostgreSQL|Schema)/m)
    } finally {
      await Promise.all([database.close(), node.stop()])
      await role.drop()
    }
  })

  test('and what it may do with the rights of the owner takes no table of its own for one of ours', async () => {
    const role = await createServerRole()
    const client = new pg.Client({ connectionString: role.connectionString })
    await client.connect()
    try {
      const [today] = await app.db.query<{ name: string }>(
        `select 'events_' || to_char(clock_now() at time zone 'UTC', 'YYYYMMDD') as name`,
      )
      await client.query(`create temp table pg_class as
        select oid, relname::text as relname from pg_catalog.pg_class where relname in ('messages', '${today?.name}')`)
      await client.query(`create temp table pg_inherits as select child.oid as inhrelid, parent.oid as inhparent
        from pg_temp.pg_class child, pg_temp.pg_class parent where child.relname <> 'messages' and parent.relname = 'messages'`)
      await client.query('grant select on pg_temp.pg_class, pg_temp.pg_inherits to public')
      await client.query('begin')
      await client.query("select drop_message_partitions(clock_now() + interval '10 years')")
      const { rows } = await client.query(`select to_regclass('${today?.name}') is not null as is_there`)
      expect(rows).toEqual([{ is_there: true }])
      const others = `select proname from pg_proc where prosecdef and pronamespace = current_schema()::regnamespace
        and coalesce(proconfig::text, '') not like '%pg_temp%'`
      expect((await client.query(others)).rows).toEqual([])
    } finally {
      await client.query('rollback')
      await client.end()
      await role.drop()
    }
  })

  test('whole days go when their time has come, and never those of the last 30 days', async () => {
    const days = async () =>
      (
        await app.db.query<{ name: string }>(
          "select relname as name from pg_class where relname ~ '^events_[0-9]{8}$'",
        )
      ).length
    const before = await days()
    await app.db.query("select drop_event_partitions(clock_now() + interval '1 day')")
    expect(await days()).toBe(before)
    await app.db.query(`create table events_20200101 partition of events
      for values from ('\\x5e0be100') to ('\\x5e0d3280')`)
    await runMaintenance(app.db.database, { recordDays: 90, eventDays: 400 })
    expect(await days()).toBe(before)
  })
})
