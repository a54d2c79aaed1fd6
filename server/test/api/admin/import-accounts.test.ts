import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EmailAddress, PhoneNumber } from '../../../src/domain/address.ts'
import type { Project } from '../../../src/domain/project.ts'
import {
  type AccountWorld,
  createAccountWorld,
  email,
  goodPassword,
  importedAccount,
  phone,
  registerUser,
} from '../../harness/account-world.ts'

let world: AccountWorld
let project: Project

beforeAll(async () => {
  world = await createAccountWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  project = await world.createProject()
})

const john = phone('+255712345678')
const taken = email('taken@example.test')

const lines = [
  importedAccount({ email: taken }),
  importedAccount({ email: taken, phone: phone('+255712345670') }),
  importedAccount({ type: 'BUSINESS', email: taken, phone: john, businessIds: [7] }),
  importedAccount({ type: 'BUSINESS', phone: john }),
  importedAccount({ type: 'BUSINESS', phone: phone('+255712345671'), businessIds: [8] }),
  importedAccount({}),
]
const problems = [
  { index: 1, problem: 'email-taken' },
  { index: 3, problem: 'phone-taken' },
  { index: 4, problem: 'business-unknown' },
  { index: 5, problem: 'no-address' },
]

test('good lines are stored as proven, and every bad one is told with its reason', async () => {
  await world.manageAccounts.createBusiness({
    projectId: project.id,
    id: 7,
    name: 'My Store',
    type: 'retailer',
  })
  expect(await world.importAccounts({ projectId: project.id, accounts: lines })).toEqual({
    stored: 2,
    problems,
  })

  const [user, business] = await world.manageAccounts.list({ projectId: project.id })
  expect(user).toMatchObject({ type: 'USER', email: taken, phoneVerifiedAt: null })
  expect(user?.emailVerifiedAt).toBeInstanceOf(Date)
  expect(business?.phoneVerifiedAt).toBeInstanceOf(Date)
})

test('all or nothing stores none when one cannot be stored, and all when all can', async () => {
  await world.manageAccounts.createBusiness({
    projectId: project.id,
    id: 7,
    name: 'My Store',
    type: 'retailer',
  })
  const all = { projectId: project.id, keep: 'all-or-none' as const }
  expect(await world.importAccounts({ ...all, accounts: lines })).toEqual({ stored: 0, problems })
  expect(await world.manageAccounts.list({ projectId: project.id })).toEqual([])
  const good = [lines[0], lines[2]].filter((line) => line !== undefined)
  expect(await world.importAccounts({ ...all, accounts: good })).toEqual({ stored: 2, problems: [] })
})

test('A5: an import takes an address from a registration that nobody verified', async () => {
  await registerUser(world, project, { address: taken, isVerified: false })
  const imported = await world.importAccounts({
    projectId: project.id,
    accounts: [importedAccount({ email: taken })],
  })
  expect(imported).toEqual({ stored: 1, problems: [] })
  const login = await world.logInWithPassword({ project, email: taken, password: goodPassword })
  expect(login).toMatchObject({ ok: false, refusal: 'wrong' })
})

test('K1: the same people can be brought into two projects, each counted from one', async () => {
  const other = await world.createProject()
  const accounts = [importedAccount({ email: taken, phone: john })]
  for (const { id } of [project, other]) {
    expect(await world.importAccounts({ projectId: id, accounts })).toEqual({ stored: 1, problems: [] })
    expect(await world.manageAccounts.list({ projectId: id })).toMatchObject([{ id: 1 }])
  }
})

test('100,000 accounts are stored in well under a minute, also all or nothing', async () => {
  const accounts = Array.from({ length: 100_000 }, (_, index) =>
    importedAccount({
      email: `person${index}@example.test` as EmailAddress,
      phone: `+2557${String(index).padStart(8, '0')}` as PhoneNumber,
      fullName: `Person ${index}`,
    }),
  )
  const seen: number[] = []
  const startedAt = performance.now()
  const result = await world.importAccounts({
    projectId: project.id,
    accounts,
    keep: 'all-or-none',
    onProgress: (done) => seen.push(done),
  })
  expect(result).toEqual({ stored: 100_000, problems: [] })
  expect(seen.at(-1)).toBe(100_000)
  expect(performance.now() - startedAt).toBeLessThan(30_000)
})
