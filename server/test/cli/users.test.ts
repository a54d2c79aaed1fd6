import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import { createImportStore } from '../../src/storage/stores/imports.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { email, importedAccount, phone } from '../harness/account-world.ts'
import { runCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
  const settings = { ...defaultProjectSettings, region: 'TZ' as const }
  const wanted = { id: null, workspaceId: null, name: 'Users', settings, tokensGranted: null }
  const { id } = await createProjectStore(db.database).create(wanted)
  const accounts = [
    importedAccount({ email: email('ada@example.test'), phone: phone('+255712345678') }),
    importedAccount({ type: 'AGENT', email: email('ada@example.test'), isEmailVerified: false }),
    importedAccount({ email: email('bob@example.test') }),
  ]
  const keep = { keep: 'all-or-none', onProgress: () => {} } as const
  expect((await createImportStore(db.database).storeAll(id, accounts, keep)).stored).toBe(3)
})
afterAll(() => db.drop())

const list = (...options: string[]) =>
  runCommand(['users', 'list', ...options], { env: { DATABASE_URL: db.connectionString } })

test('users are found by e-mail address and phone, as everywhere in any spelling', async () => {
  const found = async (...options: string[]) => {
    const { code, stdout } = await list(...options, '--json')
    expect(code).toBe(0)
    return JSON.parse(stdout).map(({ userId }: { userId: number }) => userId)
  }
  expect(await found('--email', ' ADA@example.test')).toEqual([1, 2])
  expect(await found('--email', 'ada@example.test', '--type', 'AGENT')).toEqual([2])
  expect(await found('--phone', '0712 345-678')).toEqual([1])
  expect(await found('--phone', '0712345679')).toEqual([])
})

test('an address that cannot be read is refused', async () => {
  expect(await list('--email', 'ada')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"ada" is none'),
  })
  expect(await list('--phone', '12')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--phone takes a phone number; "12" is none'),
  })
})
