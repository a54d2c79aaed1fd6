import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuditWorld, auditPassword as password, typesOf } from '../harness/audit-world.ts'
import { rowsOf } from '../harness/rows-of.ts'
import type { TestApp } from '../harness/start-test-app.ts'
import { untilDelivered } from '../slow/races/invariants.ts'

let app: TestApp
const { start, run, ownOf, createProject, expectMaskedLog } = createAuditWorld()
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.stop())

const wrong = (code: string) => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`

describe('erasing a person', () => {
  /** Rows that hold an address: as text, as bytes, or as a digest that somebody who guesses the address could compare. */
  async function findTraces(address: string): Promise<{ table: string; text: string }[]> {
    const digest = createHash('sha256').update(address)
    const spellings = [address, Buffer.from(address).toString('hex')]
    const digests = [digest.copy().digest('hex'), digest.digest('base64url')].map((text) => text.slice(0, 11))
    const tables = await app.db.query<{ name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
    )
    const found = await Promise.all(
      tables.map(async ({ name: table }) => {
        const rows = await app.db.query<{ text: string }>(`select t::text as text from ${table} t`)
        return rows.map(({ text }) => ({ table, text }))
      }),
    )
    return found.flat().filter(({ text }) => [...spellings, ...digests].some((trace) => text.includes(trace)))
  }

  /** Another project with the same people, number for number. */
  async function createTwin(projectId: string): Promise<string> {
    const { id } = await createProject()
    const tables = ['accounts', 'sessions', 'refresh_tokens', 'business_members', 'recipients', 'limits']
    for (const table of [...tables, 'challenges', 'messages', 'event_people', 'proofs'])
      await app.db.query(
        `insert into ${table}
        select (jsonb_populate_record(t, jsonb_build_object('project_id', $2::text))).* from ${table} t where project_id = $1`,
        [projectId, id],
      )
    return id
  }

  test('leaves what happened, and nobody in it, and other projects as they are (K1)', async () => {
    const email = 'pia@example.test'
    const { account } = app.projects
    await app.post('/auth/register', { email, password, firstname: 'Pia', lastname: 'P' })
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    const login = await app.post('/auth/login', { email, password })
    await app.post('/auth/login', { email, password: 'not the password' })
    const elsewhere = { 'x-forwarded-for': '203.0.113.9' }
    await app.post('/auth/login/otp/generate', { email })
    const code = await app.inbox.lastCode(email)
    await app.post('/auth/login/otp', { email, code: wrong(code) }, elsewhere)
    const admin = { authorization: `Bearer ${app.adminToken}` }
    const { id } = (await app.post('/auth/login', { email, password })).body.data.user
    const businesses = `/admin/v1/projects/${account}/businesses`
    const { businessId } = (await app.post(businesses, { name: 'Bar', type: 'bar' }, admin)).body
    await app.post(`${businesses}/${businessId}/members`, { userId: id }, admin)
    await untilDelivered(app)
    const other = await createTwin(account)
    const rowsOfOther = await rowsOf(app.db, other)
    const before = await ownOf(account)
    expect((await findTraces(email)).map(({ table }) => table)).toEqual(
      expect.arrayContaining(['accounts', 'challenges', 'recipients', 'limits']),
    )

    const erased = await run('users', 'erase', email, '--project', account)
    expect({ stderr: erased.stderr, code: erased.code }).toEqual({ stderr: '', code: 0 })
    expect(erased.stdout).not.toContain(email)

    const after = await ownOf(account)
    expect(typesOf(after)).toEqual([...typesOf(before), 'person.erased'])
    expect((await findTraces(email)).filter(({ text }) => !text.includes(other))).toEqual([])
    expect(await rowsOf(app.db, other)).toEqual(rowsOfOther)
    const bearer = { authorization: `Bearer ${login.body.data?.accessToken ?? login.body.accessToken}` }
    expect((await app.get('/auth/me', bearer)).status).toBe(401)
    expect((await run('users', 'erase', email, '--project', account)).code).not.toBe(0)
  })
})

test('of all this the log holds masked addresses alone (L1)', () => expectMaskedLog())
