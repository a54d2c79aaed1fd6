import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseProjectPatch } from '../../src/domain/project-patch.ts'
import { startCommand } from '../harness/run-command.ts'
import { createTestDatabase } from '../harness/test-database.ts'

/*
 * The longest life of a code, whatever is configured, and what a production server contains at first.
 */

test('C3: no setting gives a code more than ten minutes, and the table would not take it', async () => {
  expect(parseProjectPatch({ settings: { codeSeconds: 601 } }, []).ok).toBe(false)

  const db = await createTestDatabase()
  const [rule] = await db.query<{ definition: string }>(
    `select pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = 'challenges'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%expires_at%'`,
  )
  expect(rule?.definition).toContain("created_at + '00:10:00'")
  await db.drop()
})

test('A7: a production server has no project, key or account that its operator did not make, and no inbox', async () => {
  const db = await createTestDatabase()
  const server = startCommand(['serve', '--port', '0'], {
    DATABASE_URL: db.connectionString,
    WATCHWORD_SECRET: randomBytes(36).toString('base64'),
  })
  const ended = new Promise((resolve) => server.once('close', resolve))
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    server.stderr.on('data', (text) => {
      said += text
      const [, listening] = /"url":"(http:[^"]+)"/.exec(said) ?? []
      if (listening !== undefined) resolve(listening)
    })
    server.once('close', () => reject(new Error(said)))
  })
  try {
    const [counts] = await db.query(
      // The server's own project is for the codes of its operators: no key, no mount and no route opens it.
      `select (select count(*)::integer from projects where id <> 'server') as projects, (select count(*)::integer from api_keys) as keys,
        (select count(*)::integer from accounts) as accounts`,
    )
    expect(counts).toEqual({ projects: 0, keys: 0, accounts: 0 })
    expect((await fetch(`${url}/dev/inbox`)).status).toBe(404)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  } finally {
    server.kill('SIGTERM')
    await ended
    await db.drop()
  }
})
