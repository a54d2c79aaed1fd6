import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailAddress, PhoneNumber } from '../../src/domain/address.ts'
import { createPasswordHashing } from '../../src/passwords/password-hashing.ts'
import { singleEvents } from '../../src/storage/stores/event-rows.ts'
import { goodPassword } from '../harness/account-world.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../harness/dialect-app.ts'

/*
 * What one network may try: passwords and dead refresh tokens.
 */

let host: DialectHost
let app: DialectApp
const ada = 'ada@example.test' as EmailAddress
const agent = '+255712345678' as PhoneNumber
const password = goodPassword.reveal()
const settings = {
  failedLoginsPerCallerHour: 8,
  failedLoginAddressesPerCallerHour: 5,
  refusedRefreshesPerCallerHour: 4,
}

beforeAll(async () => {
  host = await createDialectHost()
  app = await host.startApp({ settings, exemptLoopback: false, trustedProxies: 1 })
  const passwordHash = await createPasswordHashing().hash(goodPassword)
  await app.addPeople([
    { email: ada, passwordHash },
    { type: 'AGENT', phone: agent, passwordHash },
  ])
})
afterAll(() => host?.close())

let networks = 0
const newNetwork = () => {
  networks += 1
  return { 'x-forwarded-for': `198.51.100.${networks}` }
}
type Network = ReturnType<typeof newNetwork>

const logIn = (network: Network, email: string, text: string, at: Pick<DialectApp, 'post'> = app) =>
  at.post('/auth/login', { email, password: text }, network)
const refresh = (network: Network, refreshToken: string) =>
  app.post('/auth/refresh', { refreshToken }, network)
const nobody = (index: number) => `nobody${index}@example.test`

test('A1: a network that has failed at too many addresses is refused before any hash, and no other network is', async () => {
  const network = newNetwork()
  // The same address again is no further address.
  for (const index of [0, 0, 1, 2, 3])
    expect(await logIn(network, nobody(index), 'wrong')).toMatchObject({ status: 401 })
  expect(await logIn(network, ada, password)).toMatchObject({ status: 200 })
  expect(await logIn(network, ada, 'wrong', app.other)).toMatchObject({ status: 401 })

  const hashes = host.world.hashes.length
  for (const [email, text] of [
    [ada, password],
    [ada, 'wrong'],
    [nobody(4), 'wrong'],
  ] as const)
    for (const node of [app, app.other]) {
      const refused = await logIn(network, email, text, node)
      expect(refused).toMatchObject({ status: 429, body: { status: 'error', data: null } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
    }
  const agentLogin = { phoneNumber: agent, password }
  const ofAgent = await app.post('/auth/api/agent/login/', agentLogin, network)
  expect(ofAgent).toMatchObject({ status: 429, body: { success: false } })
  expect(Number(ofAgent.headers.get('retry-after'))).toBeGreaterThan(3_500)
  expect(host.world.hashes.length).toBe(hashes)

  expect(await logIn(newNetwork(), ada, password)).toMatchObject({ status: 200 })
  expect(await app.post('/other/auth/login', { email: ada, password }, network)).toMatchObject({
    status: 401,
  })
  await host.world.moveClock(3_600_000)
  expect(await logIn(network, ada, password)).toMatchObject({ status: 200 })
})

test('A3: known and unknown, locked and open accounts count alike for their network', async () => {
  const wrongPasswords = async (email: string): Promise<number[]> => {
    const network = newNetwork()
    const statuses: number[] = []
    for (let nth = 0; nth < 10; nth += 1) statuses.push((await logIn(network, email, 'wrong')).status)
    return statuses
  }
  const expected = [...new Array(8).fill(401), 429, 429]
  expect(await wrongPasswords(nobody(9))).toEqual(expected)
  expect(await wrongPasswords(ada)).toEqual(expected)
  // The second time her login is locked.
  expect(await wrongPasswords(ada)).toEqual(expected)
  await host.world.moveClock(15 * 60_000)
})

test('right passwords count for nothing, however many there are at once', async () => {
  const network = newNetwork()
  for (let round = 0; round < 3; round += 1) {
    const logins = await Promise.all(Array.from({ length: 9 }, () => logIn(network, ada, password)))
    expect(logins.map(({ status }) => status)).toEqual(new Array(9).fill(200))
  }
})

test('what a network asks for beyond its limit leaves no row but twenty events', async () => {
  const network = newNetwork()
  for (let index = 0; index < 5; index += 1) await logIn(network, nobody(index), 'wrong')
  const count = async () => {
    const [row] = await host.world.query<Record<string, number>>(
      `select (select count(*)::integer from ${singleEvents()} e where project_id = $1) as events,
        (select coalesce(sum(count), 0)::integer from limits where project_id = $1) as counted,
        (select coalesce(sum(password_failures), 0)::integer from accounts where project_id = $1) as failures`,
      [app.project.id],
    )
    return row
  }
  const before = await count()
  for (let nth = 0; nth < 40; nth += 1)
    expect(await logIn(network, nth % 2 === 0 ? ada : nobody(50 + nth), 'wrong')).toMatchObject({
      status: 429,
    })
  expect(await count()).toEqual({ ...before, events: (before?.events ?? 0) + 20 })
})

test('a network whose refreshes were refused too often is told to wait, and a live token works there all the same', async () => {
  const network = newNetwork()
  const { data } = (await logIn(network, ada, password)).body
  const dead = `wwr_${'A'.repeat(43)}`
  for (let nth = 0; nth < 4; nth += 1) expect(await refresh(network, dead)).toMatchObject({ status: 401 })
  const refused = await refresh(network, dead)
  expect(refused).toMatchObject({ status: 429, body: { status: 'error', data: null } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
  expect(await refresh(newNetwork(), dead)).toMatchObject({ status: 401 })

  const next = await refresh(network, data.refreshToken)
  expect(next).toMatchObject({ status: 200 })
  // A stolen token ends its session there as everywhere.
  expect(await refresh(network, next.body.data.refreshToken)).toMatchObject({ status: 200 })
  await host.world.moveClock(11_000)
  expect(await refresh(network, data.refreshToken)).toMatchObject({ status: 429 })
  const sessions = await host.world.query(
    'select end_reason from sessions where project_id = $1 and end_reason is not null',
    [app.project.id],
  )
  expect(sessions).toEqual([{ end_reason: 'reuse' }])
})

test('a client that refreshes in a loop is slowed to one in five seconds, and loses neither token nor session', async () => {
  const network = newNetwork()
  const countTokens = async (): Promise<number> => {
    const [row] = await host.world.query<{ count: number }>(
      'select count(*)::integer as count from refresh_tokens where project_id = $1',
      [app.project.id],
    )
    return row?.count ?? 0
  }
  let token: string = (await logIn(network, ada, password)).body.data.refreshToken
  let spent = token
  const before = await countTokens()
  const refreshOnce = async (): Promise<number> => {
    const { status, headers, body } = await refresh(network, token)
    if (status === 200) [spent, token] = [token, body.data.refreshToken]
    else expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(5)
    return status
  }
  const loop = async (times: number): Promise<number[]> => {
    const statuses: number[] = []
    for (let nth = 0; nth < times; nth += 1) statuses.push(await refreshOnce())
    return statuses
  }
  const accepted = (await loop(60)).filter((status) => status === 200).length
  // A slow machine takes some seconds for it, in which a few more are due.
  expect(accepted).toBeGreaterThanOrEqual(20)
  expect(accepted).toBeLessThan(30)
  expect(await countTokens()).toBe(before + accepted)

  await loop(5)
  // An answer that was lost is repeated although the session has to wait.
  expect(await refresh(network, spent)).toMatchObject({ status: 200 })
})
