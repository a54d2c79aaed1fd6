import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailAddress } from '../../src/domain/address.ts'
import type { Project } from '../../src/domain/project.ts'
import { judgeRefresh, type SessionId } from '../../src/domain/session.ts'
import { defaultSessionLife } from '../../src/domain/session-life.ts'
import type { SessionStore } from '../../src/engine/ports/sessions.ts'
import { createDatabase, type Database } from '../../src/storage/postgres/database.ts'
import { createAccountStore } from '../../src/storage/stores/accounts.ts'
import { createSessionStore } from '../../src/storage/stores/sessions.ts'
import { makeUnlimitedProject } from '../harness/storage-world.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * What a login, a refresh and a look at a session cost: rows and index entries read by connections that planned while there were
 * hardly any, and transactions.
 */

const people = 20_000
let db: TestDatabase
let project: Project
beforeAll(async () => {
  db = await createTestDatabase()
  project = await makeUnlimitedProject(db.database)
})
afterAll(() => db?.drop())

const hashOf = (name: string): Buffer => createHash('sha256').update(name).digest()

const open = (sessions: SessionStore, accountId: number, name: string) =>
  sessions.open({
    projectId: project.id,
    accountId,
    id: randomUUID() as SessionId,
    label: null,
    refreshHash: hashOf(name),
    mount: null,
    lifeSeconds: defaultSessionLife.lifeSeconds,
    passwordVersion: 1,
    provenAddress: null,
    otherAddress: null,
    method: 'password',
    keptProof: null,
  })

const refresh = (sessions: SessionStore, name: string, next: string) =>
  sessions.refresh({ projectId: project.id, hash: hashOf(name), nextHash: hashOf(next) }, (state) =>
    judgeRefresh(state, () => defaultSessionLife),
  )

/** Opens, refreshes and looks up a session, one after the other. */
async function live(sessions: SessionStore, accountId: number): Promise<void> {
  const name = randomUUID()
  const session = await open(sessions, accountId, name)
  expect(session?.accountId).toBe(accountId)
  expect((await refresh(sessions, name, `${name} next`)).judgement.ok).toBe(true)
  // A lost answer.
  expect((await refresh(sessions, name, `${name} other`)).judgement.ok).toBe(true)
  const found = session === null ? null : await sessions.find(project.id, session.id)
  expect(found?.account.id).toBe(accountId)
}

/** People with a session each, by statements, because each registration hashes a password. */
async function fill(from: number, until: number): Promise<void> {
  const values = [project.id, from, until]
  await db.query(
    `insert into accounts (project_id, id, type, email, email_verified_at, password_version, created_at)
    select $1, n, 'USER', 'person' || n || '@example.test', now(), 1, now() from generate_series($2::integer, $3::integer) n`,
    values,
  )
  await db.query(
    `insert into sessions (project_id, id, account_id, created_at, last_used_at, expires_at)
    select $1, md5(n::text)::uuid, n, now(), now(), now() + interval '30 days' from generate_series($2::integer, $3::integer) n`,
    values,
  )
  await db.query(
    `insert into refresh_tokens (project_id, hash, session_id, created_at)
    select $1, sha256(n::text::bytea), md5(n::text)::uuid, now() from generate_series($2::integer, $3::integer) n`,
    values,
  )
}

/** What was read of the three tables by connections that have ended. */
async function readTuples(): Promise<number> {
  await db.query('select pg_stat_clear_snapshot()')
  const [row] = await db.query<{ read: number }>(
    `select (select sum(seq_tup_read) from pg_stat_user_tables where relname in ('accounts', 'sessions', 'refresh_tokens'))::integer
      + (select sum(idx_tup_read) from pg_stat_user_indexes where relname in ('accounts', 'sessions', 'refresh_tokens'))::integer as read`,
  )
  return row?.read ?? 0
}

async function settled(): Promise<number> {
  for (let before = -1, now = await readTuples(); ; [before, now] = [now, await readTuples()]) {
    if (now === before) return now
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

test('a login, its refreshes and a look at it read a few rows, however many sessions there are and whenever it was planned', async () => {
  await fill(1, 3)
  await db.query('analyze accounts, sessions, refresh_tokens')
  const database: Database = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
  const sessions = createSessionStore(database)
  const accounts = createAccountStore(database)
  const findPerson = async (id: number) => {
    const email = `person${id}@example.test` as EmailAddress
    expect((await accounts.findByAddress({ projectId: project.id, type: 'USER', email }))?.id).toBe(id)
  }
  for (let nth = 0; nth < 8; nth += 1) {
    await findPerson(1)
    await live(sessions, 1)
  }

  await fill(4, people)
  const before = await settled()
  for (let nth = 0; nth < 10; nth += 1) {
    await findPerson(100 + nth)
    await live(sessions, 100 + nth)
    // Ends both sessions of the account.
    await accounts.change(project.id, 100 + nth, { isActive: false })
  }
  await database.close()
  expect((await settled()) - before).toBeLessThan(10 * 100)
})

test('logins and refreshes that arrive together share a few transactions', async () => {
  const sessions = createSessionStore(db.database)
  const names = Array.from({ length: 100 }, (_, index) => `together ${index}`)
  const opened = await Promise.all(names.map((name, index) => open(sessions, 1_000 + index, name)))
  expect(opened.map((session) => session?.accountId)).toEqual(names.map((_, index) => 1_000 + index))
  const refreshed = await Promise.all(names.map((name) => refresh(sessions, name, `${name} next`)))
  expect(refreshed.every(({ judgement }) => judgement.ok)).toBe(true)
  expect(refreshed.map(({ session }) => session?.id)).toEqual(opened.map((session) => session?.id))

  const transactionsOf = async (column: string) => {
    const [row] = await db.query<{ count: number }>(
      `select count(distinct xmin::text)::integer as count from refresh_tokens where project_id = $1 and ${column} = any($2)`,
      [project.id, names.map(hashOf)],
    )
    return row?.count ?? 0
  }
  // The first of each kind does not wait for others, and one that failed would be done alone.
  expect(await transactionsOf('hash')).toBeLessThanOrEqual(4)
  expect(
    await db.query('select 1 from refresh_tokens where project_id = $1 and hash = any($2)', [
      project.id,
      names.map((name) => hashOf(`${name} next`)),
    ]),
  ).toHaveLength(100)
})

test('T3: of a live token and the one before it in one transaction one opens the next, whichever comes first', async () => {
  const sessions = createSessionStore(db.database)
  for (const order of [
    ['first', 'second'],
    ['second', 'first'],
  ]) {
    const family = randomUUID()
    await open(sessions, 2_000, `${family} first`)
    await refresh(sessions, `${family} first`, `${family} second`)
    // The one that nobody issued is alone in a batch, and the other two wait for the next.
    const [, ...outcomes] = await Promise.all(
      ['unknown', ...order].map((name) => refresh(sessions, `${family} ${name}`, randomUUID())),
    )
    expect(outcomes.map(({ judgement }) => (judgement.ok ? 'ok' : judgement.refusal))).toEqual([
      'ok',
      'spent',
    ])
    const live = await db.query(
      `select 1 from refresh_tokens where project_id = $1 and spent_at is null
        and session_id = (select session_id from refresh_tokens where project_id = $1 and hash = $2)`,
      [project.id, hashOf(`${family} first`)],
    )
    expect(live).toHaveLength(1)
  }
})

test('T4: whoever disables an account ends all its sessions, also those that are being refreshed', async () => {
  const nodes = [createSessionStore(db.database), createSessionStore(db.database)]
  const accounts = createAccountStore(db.database)
  for (let round = 0; round < 20; round += 1) {
    const accountId = 3_000 + round
    const names = Array.from({ length: 12 }, (_, index) => `disabled ${round} ${index}`)
    for (const name of names) await open(nodes[0] as SessionStore, accountId, name)
    await Promise.all([
      ...names.map((name, index) => refresh(nodes[index % 2] as SessionStore, name, `${name} next`)),
      accounts.change(project.id, accountId, { isActive: false }),
    ])
    const alive = await db.query(
      'select 1 from sessions where project_id = $1 and account_id = $2 and ended_at is null',
      [project.id, accountId],
    )
    expect(alive).toEqual([])
  }
})
