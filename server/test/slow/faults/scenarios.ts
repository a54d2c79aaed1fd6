import { expect } from 'vitest'
import { demoProjects } from '../../harness/demo-projects.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { sendCode, verify } from '../races/code-races.ts'
import { untilDelivered } from '../races/invariants.ts'
import type { RaceAnswer } from '../races/load.ts'
import type { RaceWorld } from '../races/race-world.ts'
import { logIn, logout, me, refresh } from '../races/session-races.ts'

/*
 * What is under way when something is killed: one request each, which is made again afterwards, and what must then be so
 * whichever of the two was done, undone, or done and never answered.
 */

export type Scenario = {
  /** Null if it is not a request. */
  act: () => Promise<RaceAnswer | null>
  /** Fails where the rows do not agree with everything that was answered. */
  judge: (answers: RaceAnswer[]) => Promise<void>
}

/** Makes the subject of a scenario: somebody with a code, a session, a number. */
export type PrepareScenario = (world: RaceWorld) => Promise<Scenario>

const count = (answers: RaceAnswer[], isIt: (answer: RaceAnswer) => boolean): number =>
  answers.filter(isIt).length

/** A wrong guess is counted if it was answered, and a second one never costs more than its own attempt. */
export const guessWrong: PrepareScenario = async (world) => {
  const target = world.newEmail()
  const code = await sendCode(world, target)
  return {
    act: () => world.one(verify(world, target, wrongCode(code))),
    async judge(answers) {
      const [challenge] = await world.db.query<{ tries: number }>(
        'select tries from challenges where address = $1 and used_at is null',
        [target],
      )
      const told = count(answers, ({ body }) => body.reason === 'Invalid code')
      expect(told).toBeGreaterThan(0)
      expect(challenge?.tries).toBeGreaterThanOrEqual(told)
      expect(challenge?.tries).toBeLessThanOrEqual(2)
    },
  }
}

/** A code that is right is spent by one of the two guesses, and neither opens anything twice. */
export const guessRight: PrepareScenario = async (world) => {
  const target = world.newEmail()
  const code = await sendCode(world, target)
  return {
    act: () => world.one(verify(world, target, code)),
    async judge(answers) {
      expect(count(answers, ({ body }) => body.valid === true)).toBeLessThanOrEqual(1)
      const rows = await world.db.query(
        'select tries, used_at is not null as is_used from challenges where address = $1',
        [target],
      )
      expect(rows).toEqual([{ tries: 1, is_used: true }])
    },
  }
}

/** What was accepted is delivered. */
export const sendMessage: PrepareScenario = async (world) => {
  const mobile = world.newMobile()
  return {
    act: () => world.one({ path: '/api/auth/otp/send', body: { mobile, type: 'verification' } }),
    async judge(answers) {
      expect(count(answers, ({ status }) => status === 200)).toBeGreaterThan(0)
      expect(receivedBy(world, mobile)).toBeGreaterThan(0)
    },
  }
}

/** What was accepted is stored and paid for; the invariants compare the tokens with the rows. */
export const sendForToken: PrepareScenario = async (world) => {
  const target = world.newEmail()
  const body = { target, channel: 'email' }
  const headers = { ...world.service, 'idempotency-key': target }
  return {
    act: () => world.one({ path: '/api/v1/otp/send', headers, body }),
    async judge(answers) {
      expect(count(answers, ({ status }) => status === 201)).toBeGreaterThan(0)
      expect(await world.db.query('select 1 from challenges where address = $1', [target])).toHaveLength(1)
    },
  }
}

/** A message whose node is gone is taken over. The server itself takes it over. */
export const takeOver: PrepareScenario = async (world) => {
  const mobile = world.newMobile()
  const sent = await world.one({ path: '/api/auth/otp/send', body: { mobile, type: 'verification' } })
  expect(sent.status).toBe(200)
  await untilDelivered(world)
  return {
    async act() {
      await world.db.query(
        `update challenges set delivery_state = 'queued', leased_until = clock_now() - interval '1 second'
        where address = $1`,
        [`+91${mobile}`],
      )
      return null
    },
    judge: async () => expect(receivedBy(world, mobile)).toBeGreaterThan(1),
  }
}

const receivedBy = ({ gateway }: RaceWorld, mobile: string): number =>
  gateway.requests.filter(({ body }) => (body as { to: string }).to === `+91${mobile}`).length

/** A code opens one session at most: none if it was spent and the node died before it could open one. */
export const logInByCode: PrepareScenario = async (world) => {
  const { email, userId } = await logIn(world)
  await world.one({ path: '/auth/login/otp/generate', body: { email } })
  const code = await world.codeFor(email)
  return {
    act: () => world.one({ path: '/auth/login/otp', body: { email, code } }),
    async judge(answers) {
      const opened = await world.db.query(
        'select 1 from sessions where project_id = $1 and account_id = $2 offset 1',
        [demoProjects.account, userId],
      )
      const told = count(answers, ({ status }) => status === 200)
      expect(told).toBeLessThanOrEqual(opened.length)
      expect(opened.length).toBeLessThanOrEqual(1)
    },
  }
}

/**
 * A refresh token has one live successor at most. If the first answer came and the request is made once more, the token that
 * nobody has used is replaced: it is the answer that was not lost after all.
 */
export const refreshSession: PrepareScenario = async (world) => {
  const { refreshToken, userId } = await logIn(world)
  return {
    act: () => world.one(refresh(refreshToken)),
    async judge(answers) {
      const live = await world.db.query(
        `select 1 from refresh_tokens t join sessions s on s.project_id = t.project_id and s.id = t.session_id
        where t.project_id = $1 and s.account_id = $2 and t.spent_at is null`,
        [demoProjects.account, userId],
      )
      expect(live).toHaveLength(1)
      const newest = answers.filter(({ status }) => status === 200).at(-1)
      if (newest !== undefined)
        expect(await world.one(refresh(newest.body.data.refreshToken))).toMatchObject({ status: 200 })
    },
  }
}

/** What was logged out stays so. */
export const logOut: PrepareScenario = async (world) => {
  const session = await logIn(world)
  const request = await logout(world, session)
  return {
    act: () => world.one(request),
    async judge() {
      expect(await world.one(me(session.accessToken))).toMatchObject({ status: 401 })
      expect(await world.one(refresh(session.refreshToken))).toMatchObject({ status: 401 })
    },
  }
}
