import { expect } from 'vitest'
import { demoProjects } from '../../harness/demo-projects.ts'
import { sleep } from '../../harness/until.ts'
import { countStatuses, type RaceAnswer, type RaceRequest, times } from './load.ts'
import { type Race, together } from './race.ts'
import type { RaceWorld } from './race-world.ts'

type Tokens = { accessToken: string; refreshToken: string }
type LoggedIn = Tokens & { email: string; userId: number }

export const refresh = (refreshToken: string): RaceRequest => ({
  path: '/auth/refresh',
  body: { refreshToken },
})
export const me = (accessToken: string): RaceRequest => ({
  method: 'GET',
  path: '/auth/me',
  headers: { authorization: `Bearer ${accessToken}` },
})

/** A user that the administrator has brought in, logged in by a code. */
export async function logIn(world: RaceWorld): Promise<LoggedIn> {
  const email = world.newEmail()
  const made = await world.one({
    path: `/admin/v1/projects/${demoProjects.account}/users`,
    headers: world.admin,
    body: { type: 'USER', email, firstName: 'Ada' },
  })
  expect(made.status).toBe(201)
  return { ...(await logInAgain(world, email)), email, userId: made.body.userId }
}

async function logInAgain(world: RaceWorld, email: string): Promise<Tokens> {
  expect(await world.one({ path: '/auth/login/otp/generate', body: { email } })).toMatchObject({
    status: 200,
  })
  const code = await world.codeFor(email)
  const answer = await world.one({ path: '/auth/login/otp', body: { email, code } })
  expect(answer.status).toBe(200)
  const { accessToken, refreshToken } = answer.body.data
  return { accessToken, refreshToken }
}

const loginsByCode: Race = {
  name: 'V2 T1: of many logins with one code one opens a session',
  async run(world) {
    const { email, userId } = await logIn(world)
    await world.one({ path: '/auth/login/otp/generate', body: { email } })
    const code = await world.codeFor(email)
    const answers = await world.all(
      times(together, () => ({ path: '/auth/login/otp', body: { email, code } })),
    )
    expect(countStatuses(answers)).toEqual({ 200: 1, 401: together - 1 })
    const sessions = await world.db.query(
      'select id from sessions where project_id = $1 and account_id = $2',
      [demoProjects.account, userId],
    )
    expect(sessions).toHaveLength(2)
  },
}

const loginsOnOneProof: Race = {
  name: 'V2 T1: of many logins on one proof one opens a session, and of many sign-ups one makes the account',
  async run(world) {
    const mobile = world.newMobile()
    const prove = async (type: string): Promise<string> => {
      expect(await world.one({ path: '/api/auth/otp/send', body: { mobile, type } })).toMatchObject({
        status: 200,
      })
      const otp = await world.codeFor(`+91${mobile}`)
      const answer = await world.one({ path: '/api/auth/otp/verify', body: { mobile, type, otp } })
      expect(answer.status).toBe(200)
      return answer.body.data.verificationToken
    }
    const signUp = await prove('signup')
    const body = { mobile, fullName: 'Ada Byron', verificationToken: signUp }
    const signUps = await world.all(times(together, () => ({ path: '/api/auth/otp/signup', body })))
    expect(signUps.filter(({ status }) => status === 201)).toHaveLength(1)

    const verificationToken = await prove('login')
    const logins = await world.all(
      times(together, () => ({ path: '/api/auth/otp/login', body: { mobile, verificationToken } })),
    )
    expect(countStatuses(logins)).toEqual({ 200: 1, 400: together - 1 })
    const rows = await world.db.query(
      `select a.id as account, s.id as session from accounts a
      join sessions s on s.project_id = a.project_id and s.account_id = a.id
      where a.project_id = $1 and a.phone = $2`,
      [demoProjects.mobile, `+91${mobile}`],
    )
    expect(rows).toHaveLength(2)
    expect(new Set(rows.map(({ account }) => account)).size).toBe(1)
  },
}

const refreshes: Race = {
  name: 'T3: of fifty refreshes of one token one successor is left, and the session lives on',
  async run(world) {
    const { refreshToken } = await logIn(world)
    const answers = await world.all(times(50, () => refresh(refreshToken)))
    // The second is answered as if the answer to the first had been lost, and takes its place.
    expect(countStatuses(answers)).toEqual({ 200: 2, 401: 48 })
    const uses = await world.all(successorsOf(answers).map((successor) => refresh(successor.refreshToken)))
    expect(countStatuses(uses)).toEqual({ 200: 1, 401: 1 })
  },
}

/** What ends a session: the request, and the answer that it has. */
type Ending = (world: RaceWorld, session: LoggedIn) => Promise<RaceRequest>

export const logout: Ending = async (_, { accessToken, refreshToken }) => ({
  path: '/auth/logout',
  headers: { authorization: `Bearer ${accessToken}` },
  body: { accessToken, refreshToken },
})

const reset: Ending = async (world, { email }) => {
  expect(await world.one({ path: '/auth/forgot-password', body: { email } })).toMatchObject({ status: 200 })
  const code = await world.codeFor(email)
  return { path: '/auth/reset-password', body: { email, code, newPassword: 'a quiet otter swims' } }
}

const disable: Ending = async (world, { userId }) => ({
  method: 'PATCH',
  path: `/admin/v1/projects/${demoProjects.account}/users/${userId}`,
  headers: world.admin,
  body: { isActive: false },
})

const againstEnding = (name: string, ending: Ending): Race => ({
  name,
  async run(world) {
    const session = await logIn(world)
    const end = await ending(world, session)
    const ended = world.one({ ...end, node: 1 })
    // Each chain refreshes with whatever it got last, so that tokens are rotated while the session is being ended.
    const chain = async (node: number): Promise<RaceAnswer[]> => {
      const answers: RaceAnswer[] = []
      for (let next: string | undefined = session.refreshToken; next !== undefined && answers.length < 20; ) {
        const answer = await world.one({ ...refresh(next), node })
        answers.push(answer)
        next = successorsOf([answer])[0]?.refreshToken
      }
      return answers
    }
    const chains = (await Promise.all(times(together / 5, chain))).flat()
    expect(await ended).toMatchObject({ status: 200 })
    await sleep(Math.max(0, (await ended).endedAt + 1_000 - performance.now()))

    const tokens: Tokens[] = [session, ...successorsOf(chains)]
    const uses = tokens.flatMap(({ accessToken, refreshToken }) =>
      world.nodes.flatMap((_, node) => [
        { ...refresh(refreshToken), node },
        { ...me(accessToken), node },
      ]),
    )
    expect(countStatuses(await world.all(uses))).toEqual({ 401: uses.length })
  },
})

const registrations: Race = {
  name: 'A5 A1: of many registrations of one address one is left, with the password of its own code',
  async run(world) {
    const email = world.newEmail()
    const passwords = times(16, (nth) => `a quiet otter swims ${nth}`)
    const answers = await world.all(
      passwords.map((password) => ({
        path: '/auth/register',
        body: { email, password, firstname: 'Ada', lastname: 'Byron' },
      })),
    )
    // Passwords beyond the queue for hashing are told to retry.
    expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true)

    const accounts = await world.db.query<{ id: number }>(
      'select id from accounts where project_id = $1 and email = $2',
      [demoProjects.account, email],
    )
    expect(accounts).toHaveLength(1)
    const code = await world.codeFor(email)
    expect(await world.one({ path: '/auth/verify', body: { email, code } })).toMatchObject({ status: 200 })

    const opened: string[] = []
    for (const password of passwords.slice(-9)) {
      const { status } = await world.one({ path: '/auth/login', body: { email, password } })
      if (status === 200) opened.push(password)
    }
    expect(opened.length).toBeLessThanOrEqual(1)
  },
}

const successorsOf = (answers: RaceAnswer[]): Tokens[] =>
  answers.filter(({ status }) => status === 200).map(({ body }) => body.data as Tokens)

export const sessionRaces: Race[] = [
  loginsByCode,
  loginsOnOneProof,
  refreshes,
  againstEnding('T3 T4 I6: refreshes while the session is logged out leave nothing that lives', logout),
  againstEnding('T3 T4 A4 I6: refreshes while the password is reset leave nothing that lives', reset),
  againstEnding('T3 T4 I6: refreshes while the account is disabled leave nothing that lives', disable),
  registrations,
]
