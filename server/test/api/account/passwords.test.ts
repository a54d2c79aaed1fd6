import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { judgePassword } from '../../../src/domain/password.ts'
import type { Project } from '../../../src/domain/project.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { Unavailable } from '../../../src/engine/ports/unavailable.ts'
import { loadCommonPasswords } from '../../../src/passwords/common-passwords.ts'
import { ownKind, parsePasswordHash, standInOf } from '../../../src/passwords/hash-kinds.ts'
import { createPasswordHashing } from '../../../src/passwords/password-hashing.ts'
import {
  type AccountWorld,
  createAccountWorld,
  createCountedHashing,
  email,
  goodPassword,
  importedAccount,
  registerUser,
} from '../../harness/account-world.ts'

const nobody = { email: null, firstName: null, lastName: null, fullName: null }
const ada = email('ada@example.test')
const wrong = new Secret('the stranger waits here')

test('A2: the commonest ten thousand are refused in any case, and the documents’ examples are not among them', async () => {
  const common = await loadCommonPasswords()
  expect(common.size).toBe(10_000)
  for (const text of ['password', 'PassWord', 'qwertyuiop', '12345678'])
    expect(judgePassword(text, nobody, common)).toBe('common')
  for (const text of ['your_password', 'new_password', 'securepassword'])
    expect(judgePassword(text, nobody, common)).toBeNull()
})

const verify = (password: Secret, hash: Secret | null, passwords = createPasswordHashing()) =>
  passwords.withPlace('network 192.0.2.1', (hasher) => hasher.verify(password, { hash, importedKinds: [] }))

describe('hashing', () => {
  test('A1: passwords are hashed with argon2id at 19 MiB and two passes, and nothing of them is cut off', async () => {
    const long = new Secret('🦦'.repeat(256))
    const hash = await createPasswordHashing().hash(long)
    expect(hash.reveal()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verify(long, hash)).toEqual({ isRight: true, isOutdated: false })
    expect((await verify(new Secret('🦦'.repeat(255)), hash)).isRight).toBe(false)
  })

  test('A3: an unknown account costs one comparison and no hash, from the first one after a start', async () => {
    const computed: string[] = []
    const passwords = createCountedHashing(computed)
    for (const _ of [1, 2]) {
      await verify(goodPassword, null, passwords)
      expect(computed.splice(0)).toEqual([ownKind])
    }
    // Typed in two ways, it is compared twice, as with the hash of an account.
    await verify(new Secret('e\u0301t\u00e9 en mer'), null, passwords)
    expect(computed).toEqual([ownKind, ownKind])
  })

  test('A2: a password is hashed in NFC, and what was hashed as it was typed still opens, once more slowly', async () => {
    const passwords = createPasswordHashing()
    const composed = new Secret('motdepasse-\u00e9t\u00e9-42')
    const decomposed = new Secret(composed.reveal().normalize('NFD'))
    for (const [stored, given] of [
      [composed, decomposed],
      [decomposed, composed],
    ] as const) {
      const hash = await passwords.hash(stored)
      expect(await verify(given, hash)).toEqual({ isRight: true, isOutdated: false })
    }
    const older = new Secret(
      await argon2.hash(decomposed.reveal(), { memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
    )
    expect(await verify(decomposed, older)).toEqual({ isRight: true, isOutdated: true })
    expect((await verify(composed, older)).isRight).toBe(false)
    expect((await verify(new Secret('motdepasse-ete-42'), older)).isRight).toBe(false)
  })

  test('A1: beyond the queue a hash is refused at once, and the queue is taken in turn', async () => {
    const passwords = createPasswordHashing({ concurrency: 1, queueMax: 2 })
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash(goodPassword)))
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ])
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Unavailable)

    const busy = [1, 2, 3].map(() => passwords.hash(goodPassword))
    await expect(passwords.hash(goodPassword)).rejects.toThrow(Unavailable)
    await Promise.all(busy)
    await passwords.hash(goodPassword)
  })

  test('hashes for import are argon2id or bcrypt of a cost that can be borne', async () => {
    const salt = 'c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA'
    const accepted = [
      await argon2.hash('some password'),
      await bcrypt.hash('some password', { cost: 4 }),
      standInOf('$2y$12'),
      `$argon2id$v=19$m=65536,t=4,p=4$${salt}`,
    ]
    for (const text of accepted) expect(parsePasswordHash(text)?.reveal()).toBe(text)
    const refused = [
      'plain',
      '',
      null,
      `$argon2id$v=19$m=4194304,t=2,p=1$${salt}`,
      `$argon2id$v=19$m=65537,t=1,p=1$${salt}`,
      `$argon2id$v=19$m=65536,t=5,p=1$${salt}`,
      `$argon2id$v=19$m=19456,t=14,p=1$${salt}`,
      `$argon2id$v=19$m=8,t=1,p=2$${salt}`,
      `$argon2id$v=19$m=8192,t=1,p=1,keyid=AAAA$${salt}`,
      '$argon2id$nonsense',
      '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA',
      standInOf('$2b$13'),
      standInOf('$2b$31'),
      standInOf('$2b$03'),
      // Bits that no hash has: a comparison would end at once.
      `$2b$10$${'a'.repeat(53)}`,
      `$2b$10$${'a'.repeat(52)}`,
    ]
    for (const text of refused) expect(parsePasswordHash(text)).toBeNull()
  })
})

describe('password login', () => {
  let world: AccountWorld
  let project: Project

  beforeAll(async () => {
    world = await createAccountWorld()
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    project = await world.createProject()
    await registerUser(world, project, { address: ada })
  })

  const logIn = (password: Secret, address = ada) =>
    world.logInWithPassword({ project, email: address, password })

  test('A3: ten wrong passwords lock password login for fifteen minutes, and a right one clears the count', async () => {
    for (let attempt = 0; attempt < 9; attempt += 1) await logIn(wrong)
    expect(await logIn(goodPassword)).toMatchObject({ ok: true })
    for (let attempt = 0; attempt < 10; attempt += 1) await logIn(wrong)
    expect(await logIn(goodPassword)).toMatchObject({ ok: false, refusal: 'wrong' })

    await world.moveClock(14 * 60_000)
    expect(await logIn(goodPassword)).toMatchObject({ ok: false, refusal: 'wrong' })
    await world.moveClock(61_000)
    expect(await logIn(goodPassword)).toMatchObject({ ok: true })
  })

  test('A3: of 40 simultaneous wrong passwords on two nodes ten are judged', async () => {
    const other = await world.startNode()
    const guess = (index: number) =>
      (index % 2 === 0 ? world : other).logInWithPassword({
        project,
        email: ada,
        password: wrong,
      })
    await Promise.all(Array.from({ length: 40 }, (_, index) => guess(index)))
    const rows = await world.query('select password_failures from accounts where project_id = $1', [
      project.id,
    ])
    expect(rows).toEqual([{ password_failures: 10 }])
    expect(await logIn(goodPassword)).toMatchObject({ ok: false, refusal: 'wrong' })
  })

  test('A3: unknown, wrong, disabled and locked cost the same: one hash', async () => {
    const [locked, off] = [email('locked@example.test'), email('off@example.test')]
    for (const address of [locked, off]) await registerUser(world, project, { address })
    for (let attempt = 0; attempt < 10; attempt += 1) await logIn(wrong, locked)
    const [disabled] = (await world.manageAccounts.list({ projectId: project.id })).filter(
      (a) => a.email === off,
    )
    await world.manageAccounts.setActive(project.id, disabled?.id ?? 0, false)

    // A hash of 19 MiB dominates the time of a login, so the number of hashes has to be equal.
    const cases = { unknown: email('nobody@example.test'), wrong: ada, locked, disabled: off }
    for (const [name, address] of Object.entries(cases)) {
      const before = world.hashes.length
      expect(await logIn(wrong, address)).toMatchObject({ ok: false, refusal: 'wrong' })
      expect([name, world.hashes.slice(before)]).toEqual([name, [ownKind]])
    }
  })

  test('A3: however many unknown addresses are tried, a project keeps a few thousand rows of them', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => logIn(wrong, email(`nobody${index}@example.test`))),
    )
    const rows = await world.query<{ key: string }>(`select key from limits where project_id = $1`, [
      project.id,
    ])
    for (const { key } of rows) expect(key).toMatch(/^[0-9a-f]{3}$/)
  })

  test('imported bcrypt and argon2id hashes open their accounts, and are argon2id of ours after the first login', async () => {
    const bob = email('bob@example.test')
    const eve = email('eve@example.test')
    const hashes = {
      [bob]: await bcrypt.hash(goodPassword.reveal(), { cost: 4 }),
      [eve]: await argon2.hash(goodPassword.reveal(), { memoryCost: 8_192, timeCost: 1 }),
    }
    await world.importAccounts({
      projectId: project.id,
      accounts: [bob, eve].map((address) =>
        importedAccount({ email: address, passwordHash: parsePasswordHash(hashes[address]) }),
      ),
    })
    for (const address of [bob, eve]) {
      expect(await logIn(wrong, address)).toMatchObject({ ok: false, refusal: 'wrong' })
      expect(await logIn(goodPassword, address)).toMatchObject({ ok: true })
      const [row] = await world.query<{ password_hash: string }>(
        'select password_hash from accounts where project_id = $1 and email = $2',
        [project.id, address],
      )
      expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      expect(await logIn(goodPassword, address)).toMatchObject({ ok: true })
    }
  })
})
