import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEmailAddress } from '../src/domain/address.ts'
import { challengeId } from '../src/domain/challenge.ts'
import { deriveCode } from '../src/domain/code.ts'
import type { ProjectId } from '../src/domain/project.ts'
import { parseProjectWish } from '../src/domain/project-settings.ts'
import { codeLifeSecondsMax, codePolicy, type Purpose, purposes } from '../src/domain/purpose.ts'
import { startCommand } from './run-command.ts'
import { createTestDatabase } from './test-database.ts'

/*
 * What a code is, before anybody asks for one; and what a production server knows before anybody tells it.
 */

const subjectAt = (number: number) => ({
  id: challengeId(new Date(1_700_000_000_000 + number), randomBytes(6)),
  projectId: 'PRJ_codes' as ProjectId,
  address: parseEmailAddress('ada@example.test') ?? failed(),
  purpose: 'service' as const,
})

const failed = (): never => {
  throw new Error('the address of the test is none')
}

test('C1: codes are even: every digit at every place, and leading zeros are kept', () => {
  const key = { id: 'k', key: randomBytes(32) }
  const samples = 60_000
  for (const digits of [5, 6]) {
    const counts = Array.from({ length: digits }, () => new Array<number>(10).fill(0))
    let isWhole = true
    for (let number = 0; number < samples; number += 1) {
      const code = deriveCode(key, subjectAt(number), digits).reveal()
      isWhole &&= code.length === digits
      for (const [place, digit] of [...code].entries()) {
        const row = counts[place] ?? failed()
        row[Number(digit)] = (row[Number(digit)] ?? 0) + 1
      }
    }
    expect(isWhole).toBe(true)
    for (const row of counts) {
      const mean = samples / 10
      const chiSquared = row.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
      // Nine degrees of freedom: an even source goes over 45 once in a million times.
      expect(chiSquared).toBeLessThan(45)
    }
  }
})

test('C1: the same code comes out again for the same subject and key, and for no other', () => {
  const key = { id: 'k', key: randomBytes(32) }
  const other = { id: 'k', key: randomBytes(32) }
  const same = subjectAt(1)
  // Six digits meet by chance; twenty of them do not.
  const codesOf = (change: Partial<typeof same>, with_ = key) =>
    Array.from({ length: 20 }, (_, number) =>
      deriveCode(
        with_,
        { ...same, id: challengeId(new Date(number), Buffer.alloc(6)), ...change },
        6,
      ).reveal(),
    ).join()
  expect(codesOf({})).toBe(codesOf({}))
  expect(codesOf({}, other)).not.toBe(codesOf({}))
  expect(codesOf({ purpose: 'account-login' as never })).not.toBe(codesOf({}))
  expect(codesOf({ projectId: 'PRJ_other' as ProjectId })).not.toBe(codesOf({}))
  expect(codesOf({ address: (parseEmailAddress('eve@example.test') ?? failed()) as never })).not.toBe(
    codesOf({}),
  )
})

test('C3: no purpose and no setting gives a code more than ten minutes', async () => {
  for (const { lifeSeconds } of Object.values(purposes)) expect(lifeSeconds).toBeLessThanOrEqual(600)
  expect(codeLifeSecondsMax).toBe(600)
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(purposes) as Purpose[])),
      fc.option(fc.integer()),
      (purpose, codeSeconds) => codePolicy(purpose, codeSeconds).lifeSeconds <= 600,
    ),
  )
  expect(parseProjectWish({ settings: { codeSeconds: 601 } }).ok).toBe(false)

  // And were all of that wrong, the table would not take it.
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
      const [, listening] = /listens at (http:\S+)/.exec(said) ?? []
      if (listening !== undefined) resolve(listening)
    })
    server.once('close', () => reject(new Error(said)))
  })
  try {
    const [counts] = await db.query(
      `select (select count(*)::integer from projects) as projects, (select count(*)::integer from api_keys) as keys,
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
