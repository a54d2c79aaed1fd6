import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailAddress, PhoneNumber } from '../../src/domain/address.ts'
import { ownKind, parsePasswordHash } from '../../src/passwords/hash-kinds.ts'
import { createPasswordHashing } from '../../src/passwords/password-hashing.ts'
import { goodPassword } from '../harness/account-world.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../harness/dialect-app.ts'

/*
 * Hashes of another system are slower or faster than ours. Whose hash it is must not show in what a wrong password costs.
 */

let host: DialectHost
beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host?.close())

const password = goodPassword.reveal()
const bcryptKind = '$2b$05'
const argon2Kind = '$argon2id$v=19$m=8192,t=1,p=1'

const mail = (name: string) => `${name}@example.test` as EmailAddress
const imported = async (kind: 'bcrypt' | 'argon2') =>
  parsePasswordHash(
    kind === 'bcrypt'
      ? await bcrypt.hash(password, { cost: 5 })
      : await argon2.hash(password, { algorithm: 2, memoryCost: 8_192, timeCost: 1, parallelism: 1 }),
  )

/** What a login computes: `hash`, or the kind of each hash that it compares with, in the order of the letters. */
async function computedBy(app: DialectApp, path: string, body: object, status: number): Promise<string[]> {
  const before = host.world.hashes.length
  expect(await app.post(path, body)).toMatchObject({ status })
  return host.world.hashes.slice(before).sort()
}

test('A3: in a project with imported hashes, unknown, imported, native, disabled and locked accounts cost the same', async () => {
  const app = await host.startApp()
  const own = await createPasswordHashing().hash(goodPassword)
  const people = {
    native: own,
    bcrypt: await imported('bcrypt'),
    argon2: await imported('argon2'),
    locked: await imported('bcrypt'),
    lockedNative: own,
    disabled: await imported('argon2'),
    withoutPassword: null,
  }
  await app.addPeople(
    Object.entries(people).map(([name, passwordHash]) => ({ email: mail(name), passwordHash })),
  )
  const logIn = (name: string, status = 401, text = 'the stranger waits here') =>
    computedBy(app, '/auth/login', { email: mail(name), password: text }, status)
  for (const name of ['locked', 'lockedNative']) for (let nth = 0; nth < 10; nth += 1) await logIn(name)
  const accounts = await host.world.manageAccounts.list({ projectId: app.project.id })
  const disabled = accounts.find(({ email }) => email === mail('disabled'))
  await host.world.manageAccounts.setActive(app.project.id, disabled?.id ?? 0, false)

  const everyKind = [bcryptKind, argon2Kind, ownKind].sort()
  for (const name of [...Object.keys(people), 'nobody'])
    expect([name, await logIn(name)]).toEqual([name, everyKind])
  // Also where the password would be right.
  expect(await logIn('locked', 401, password)).toEqual(everyKind)
  expect(await logIn('nobody', 401, password)).toEqual(everyKind)
  // Who knows the password learns nothing by the time, and does not wait for the others' hashes.
  expect(await logIn('native', 200, password)).toEqual([ownKind])
  expect(await logIn('bcrypt', 200, password)).toEqual([bcryptKind, 'hash'])

  // The kinds go with the last account that has one; no other project pays for them.
  expect(await logIn('nobody')).toEqual(everyKind)
  await host.world.query("update accounts set password_hash = null where password_hash like '$2b$%'")
  expect(await logIn('nobody')).toEqual([argon2Kind, ownKind].sort())
  const elsewhere = { email: mail('nobody'), password }
  expect(await computedBy(app, '/other/auth/login', elsewhere, 401)).toEqual([ownKind])
})

test('A3: the same holds for agents, and bcrypt hashes with other letters are one kind', async () => {
  const app = await host.startApp({ settings: { region: 'TZ' as never } })
  const hashOf = async (letter: string) =>
    parsePasswordHash((await bcrypt.hash(password, { cost: 5 })).replace('$2b$', `$2${letter}$`))
  const phone = (last: number) => `+25571234560${last}` as PhoneNumber
  await app.addPeople([
    { type: 'AGENT', phone: phone(1), passwordHash: await hashOf('a') },
    { type: 'AGENT', phone: phone(2), passwordHash: await hashOf('y') },
  ])
  for (const last of [1, 2, 3]) {
    const body = { phoneNumber: phone(last), password: 'wrong' }
    const computed = await computedBy(app, '/auth/api/agent/login/', body, 404)
    expect(computed.map((kind) => kind.replace(/^\$2[ay]/, '$2b'))).toEqual([bcryptKind, ownKind].sort())
  }
})
