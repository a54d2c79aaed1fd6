import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Project } from '../../../src/domain/project.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { defaultSessionLife } from '../../../src/domain/session-life.ts'
import { createOpenSession, type Tokens } from '../../../src/engine/sessions/open-session.ts'
import { createAccountStore } from '../../../src/storage/stores/accounts.ts'
import { createSessionStore } from '../../../src/storage/stores/sessions.ts'
import { createAccessTokens } from '../../../src/tokens/access-tokens.ts'
import {
  type AccountWorld,
  caller,
  createAccountWorld,
  email,
  goodPassword,
  issuer,
  masterSecret,
  registerUser,
  sendAccountCode,
} from '../../harness/account-world.ts'
import { purposeNamed } from '../../harness/purposes.ts'

let world: AccountWorld
let nodes: Awaited<ReturnType<AccountWorld['startNode']>>[]
let project: Project
const ada = email('ada@example.test')
const day = 24 * 3_600_000

beforeAll(async () => {
  world = await createAccountWorld()
  nodes = [world, ...(await Promise.all([world.startNode(), world.startNode(), world.startNode()]))]
})
afterAll(() => world.close())
beforeEach(async () => {
  project = await world.createProject()
  await registerUser(world, project, { address: ada })
})

const node = (index: number) => nodes[index % nodes.length] as (typeof nodes)[number]

async function logIn(): Promise<Tokens & { accountId: number }> {
  const login = await world.logInWithPassword({ project, email: ada, password: goodPassword })
  if (!login.ok) throw new Error(`the login was refused: ${login.refusal}`)
  return { ...login.tokens, accountId: login.account.id }
}

const refresh = (token: Secret, index = 0) =>
  node(index).refreshSession({ project, refreshToken: token.reveal() })

const mustRefresh = async (token: Secret): Promise<Tokens> => {
  const outcome = await refresh(token)
  if (!outcome.ok) throw new Error(`the refresh was refused: ${outcome.refusal}`)
  return outcome.tokens
}

const isAlive = async (token: Secret, index = 0): Promise<boolean> =>
  (await node(index).authenticate({ projectId: project.id, accessToken: token.reveal() })) !== null

test('T3: of 50 racing refreshes on four nodes one successor is left, and the others leave its family alive', async () => {
  const { refreshToken, accessToken } = await logIn()
  const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => refresh(refreshToken, index)))

  const won = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.tokens] : []))
  // The first, and the one that is answered as if the first answer had been lost.
  expect(won).toHaveLength(2)
  expect(new Set(outcomes.flatMap((o) => (o.ok ? [] : [o.refusal])))).toEqual(new Set(['spent']))
  const live = await world.query('select * from refresh_tokens where project_id = $1 and spent_at is null', [
    project.id,
  ])
  expect(live).toHaveLength(1)
  expect(await isAlive(accessToken)).toBe(true)
  const used = await Promise.all(won.map(({ refreshToken: successor }) => refresh(successor)))
  expect(used.filter(({ ok }) => ok)).toHaveLength(1)
})

test('T3: a token that comes back more than ten seconds after its use kills its family, though the request fails', async () => {
  const first = await logIn()
  const lost = await mustRefresh(first.refreshToken)
  const second = await mustRefresh((await mustRefresh(first.refreshToken)).refreshToken)
  await world.moveClock(9_000)
  expect(await isAlive(lost.accessToken)).toBe(true)
  expect(await refresh(first.refreshToken)).toEqual({ ok: false, refusal: 'spent', retryAfterSeconds: null })
  expect(await isAlive(second.accessToken)).toBe(true)

  await world.moveClock(2_000)
  expect(await refresh(first.refreshToken)).toEqual({ ok: false, refusal: 'reused', retryAfterSeconds: null })
  expect(await refresh(second.refreshToken, 1)).toEqual({
    ok: false,
    refusal: 'ended',
    retryAfterSeconds: null,
  })
  expect(await isAlive(second.accessToken, 2)).toBe(false)
  const ends = await world.query('select end_reason from sessions where project_id = $1', [project.id])
  expect(ends).toEqual([{ end_reason: 'reuse' }])
})

test('T3: the reuse of one login’s token leaves the other logins alone', async () => {
  const [stolen, own] = [await logIn(), await logIn()]
  await mustRefresh(stolen.refreshToken)
  await world.moveClock(11_000)
  await refresh(stolen.refreshToken)
  expect(await isAlive(own.accessToken)).toBe(true)
})

test('T3: a session ends after 14 days without a refresh, and after 30 days with', async () => {
  const idle = await logIn()
  let { refreshToken } = await logIn()
  await world.moveClock(13 * day)
  ;({ refreshToken } = await mustRefresh(refreshToken))
  await world.moveClock(day + 1_000)
  expect(await refresh(idle.refreshToken)).toEqual({ ok: false, refusal: 'expired', retryAfterSeconds: null })
  ;({ refreshToken } = await mustRefresh(refreshToken))
  await world.moveClock(13 * day)
  ;({ refreshToken } = await mustRefresh(refreshToken))
  await world.moveClock(3 * day)
  expect(await refresh(refreshToken)).toEqual({ ok: false, refusal: 'expired', retryAfterSeconds: null })
})

test('T3: a refresh token is stored as a hash only', async () => {
  const { refreshToken } = await logIn()
  const secret = refreshToken.reveal()
  expect(secret).toMatch(/^wwr_[\w-]{43}$/)
  const [row] = await world.query<{ dump: string }>(
    `select string_agg(t::text, '') || (select string_agg(s::text, '') from sessions s) as dump from refresh_tokens t`,
  )
  expect(row?.dump).not.toContain(secret.slice(4))
  expect(row?.dump).not.toContain(Buffer.from(secret).toString('hex'))
})

test('T2: an access token lives ten minutes by the clock of the database', async () => {
  const { accessToken, expiresInSeconds } = await logIn()
  expect(expiresInSeconds).toBe(600)
  await world.moveClock(598_000)
  expect(await isAlive(accessToken)).toBe(true)
  await world.moveClock(3_000)
  expect(await isAlive(accessToken)).toBe(false)
})

test('T4: after a logout both tokens are dead on every node, and so is the other session that was named', async () => {
  const [here, there, third] = [await logIn(), await logIn(), await logIn()]
  const { refreshToken } = await mustRefresh(here.refreshToken)
  const command = {
    projectId: project.id,
    accessToken: here.accessToken.reveal(),
    refreshToken: there.refreshToken.reveal(),
  }

  expect(await world.logOut(command)).toBe(true)
  for (const index of [0, 1, 2, 3]) {
    expect(await isAlive(here.accessToken, index)).toBe(false)
    expect(await isAlive(there.accessToken, index)).toBe(false)
    expect(await refresh(refreshToken, index)).toEqual({
      ok: false,
      refusal: 'ended',
      retryAfterSeconds: null,
    })
    expect(await isAlive(third.accessToken, index)).toBe(true)
  }
  expect(await world.logOut(command)).toBe(false)
})

test('T4: a logout does not end the session of somebody else whose refresh token was sent along', async () => {
  const mine = await logIn()
  const bob = email('bob@example.test')
  await registerUser(world, project, { address: bob })
  const bobs = await world.logInWithPassword({ project, email: bob, password: goodPassword })
  if (!bobs.ok) throw new Error('the login was refused')

  await world.logOut({
    projectId: project.id,
    accessToken: mine.accessToken.reveal(),
    refreshToken: bobs.tokens.refreshToken.reveal(),
  })
  expect(await isAlive(bobs.tokens.accessToken)).toBe(true)
})

test('T4: disabling an account ends its sessions on every node, and enabling it does not bring them back', async () => {
  const { accessToken, refreshToken, accountId } = await logIn()
  await world.manageAccounts.setActive(project.id, accountId, false)
  expect(await isAlive(accessToken, 1)).toBe(false)
  expect(await refresh(refreshToken, 2)).toMatchObject({ refusal: 'ended' })
  const login = await world.logInWithPassword({ project, email: ada, password: goodPassword })
  expect(login).toEqual({ ok: false, refusal: 'inactive', retryAfterSeconds: null })

  await world.manageAccounts.setActive(project.id, accountId, true)
  expect(await isAlive(accessToken)).toBe(false)
  await logIn()
})

test('A4, T4: of logins that race a reset no session with the old password survives', async () => {
  await sendAccountCode(world, project, {
    address: ada,
    purpose: purposeNamed('account-password-reset', 'password-reset'),
  })
  const code = world.lastCode(ada)
  const logins = Array.from({ length: 8 }, (_, index) =>
    node(index).logInWithPassword({ project, email: ada, password: goodPassword }),
  )
  const newPassword = new Secret('another quiet otter')
  const reset = world.resetPassword({
    project,
    email: ada,
    code,
    newPassword,
    languages: { asked: null, accepted: 'en' },
    caller,
  })
  expect(await reset).toEqual({ ok: true })

  for (const login of await Promise.all(logins))
    if (login.ok) expect(await isAlive(login.tokens.accessToken)).toBe(false)
})

test('A4, T4: evidence that was judged before a reset or a disabling opens nothing after it', async () => {
  const openSession = createOpenSession({
    sessions: createSessionStore(world.database),
    accessTokens: createAccessTokens({
      secrets: { current: masterSecret, previous: null },
      readIssuer: () => issuer,
    }),
    lifeOf: () => defaultSessionLife,
    mount: null,
  })
  await sendAccountCode(world, project, { address: ada, purpose: purposeNamed('account-login', 'login') })
  const [account] = await world.manageAccounts.list({ projectId: project.id })
  if (account === undefined) throw new Error('there is no account')
  const check = {
    project,
    purpose: purposeNamed('account-login', 'login'),
    address: ada,
    accountId: account.id,
    caller,
  } as const
  const proof = await world.checkCode({ ...check, code: world.lastCode(ada) })
  if (!proof.ok) throw new Error('the code was refused')

  const bob = { ...account, id: account.id + 1, email: email('bob@example.test') }
  await expect(openSession({ account: bob, evidence: proof.proof })).rejects.toThrow('not about this account')
  await expect(
    openSession({ account: { ...account, emailVerifiedAt: null }, evidence: proof.proof }),
  ).rejects.toThrow()
  await createAccountStore(world.database).change(project.id, account.id, { isActive: false })
  expect(await openSession({ account, evidence: proof.proof })).toBeNull()
})

test('T5: access, refresh and verification token, code and API key: none passes for another', async () => {
  const { accessToken, refreshToken } = await logIn()
  const others = [
    `wwv_${'A'.repeat(43)}`,
    `wwk_${'A'.repeat(43)}`,
    '123456',
    '',
    null,
    undefined,
    12,
    {},
    [refreshToken.reveal()],
  ]
  for (const refreshToken of [accessToken.reveal(), ...others])
    expect(await world.refreshSession({ project, refreshToken })).toEqual({
      ok: false,
      refusal: 'unknown',
      retryAfterSeconds: null,
    })
  for (const accessToken of [refreshToken.reveal(), ...others])
    expect(await world.authenticate({ projectId: project.id, accessToken })).toBeNull()
  const asProof = await world.logInWithProof({
    project,
    phone: '+919175113022' as never,
    email: null,
    verificationToken: refreshToken.reveal(),
    caller,
  })
  expect(asProof).toEqual({ ok: false, refusal: 'not-verified' })
})

test('secrets print as [secret], whoever prints them', async () => {
  const tokens = await logIn()
  expect(JSON.stringify(tokens)).not.toContain(tokens.accessToken.reveal())
})
