import fc from 'fast-check'
import { expect } from 'vitest'
import type { People } from '../../harness/people.ts'
import { day, passTime, second } from './pass-time.ts'

/*
 * The life of the sessions of one person: which tokens there are, when each was spent, and what has ended (T2, T3, T4).
 */

type RefreshToken = {
  text: string
  spentAt: number | null
  /** The token that took its place, and whether it was answered a second time. */
  successor: RefreshToken | null
  isRepeated: boolean
}
type Session = {
  openedAt: number
  usedAt: number
  isEnded: boolean
  refresh: RefreshToken[]
  access: { text: string; issuedAt: number }[]
}

export type SessionModel = { now: number; sessions: Session[] }
export type SessionReal = { people: People; email: string; note: (outcome: SessionOutcome) => void }

/** Every possible outcome of a command. A long run has all of them. */
export const sessionOutcomes = [
  'logged in',
  'refreshed',
  'refreshed once more',
  'refresh refused: the session has ended',
  'refresh refused: spent a moment ago',
  'refresh refused: spent long ago, and ends the session',
  'refresh refused: idle for 14 days',
  'refresh refused: older than 30 days',
  'access',
  'access refused: the session has ended',
  'access refused: the token is old',
  'logged out',
  'log out refused',
] as const

export type SessionOutcome = (typeof sessionOutcomes)[number]

type Command = fc.AsyncCommand<SessionModel, SessionReal>
type Tokens = { accessToken: string; refreshToken: string }

const accessLife = 600 * second

const keep = (session: Session, { accessToken, refreshToken }: Tokens, now: number): RefreshToken => {
  const token = { text: refreshToken, spentAt: null, successor: null, isRepeated: false }
  session.refresh.push(token)
  session.access.push({ text: accessToken, issuedAt: now })
  session.usedAt = now
  return token
}

const logIn: Command = {
  check: ({ sessions }) => sessions.length < 3,
  async run(model, { people, email, note }) {
    await people.ask('/auth/login/otp/generate', { email })
    const body = await people.ask('/auth/login/otp', { email, code: await people.codeFor(email) })
    const { now } = model
    const session: Session = { openedAt: now, usedAt: now, isEnded: false, refresh: [], access: [] }
    keep(session, body.data, now)
    model.sessions.push(session)
    note('logged in')
  },
  toString: () => 'log in',
}

/** The expected outcome of a refresh; ends the session of a stolen token. */
function judgeRefresh(session: Session, token: RefreshToken, now: number): SessionOutcome {
  if (session.isEnded) return 'refresh refused: the session has ended'
  if (token.spentAt !== null) {
    if (now - token.spentAt <= 10 * second) {
      const isUnused = token.successor !== null && token.successor.spentAt === null
      return isUnused && !token.isRepeated ? 'refreshed once more' : 'refresh refused: spent a moment ago'
    }
    session.isEnded = true
    return 'refresh refused: spent long ago, and ends the session'
  }
  if (now >= session.openedAt + 30 * day) return 'refresh refused: older than 30 days'
  return now < session.usedAt + 14 * day ? 'refreshed' : 'refresh refused: idle for 14 days'
}

async function refreshOne(
  { now }: SessionModel,
  { people, note }: SessionReal,
  { session, token }: { session: Session; token: RefreshToken },
): Promise<void> {
  const answer = await people.app.post('/auth/refresh', { refreshToken: token.text })
  const outcome = judgeRefresh(session, token, now)
  note(outcome)
  const isAnswered = outcome === 'refreshed' || outcome === 'refreshed once more'
  expect(answer.status).toBe(isAnswered ? 200 : 401)
  if (!isAnswered) return
  // A successor that nobody has used gives way to the next one.
  if (outcome === 'refreshed once more') Object.assign(token.successor ?? {}, { spentAt: now })
  token.isRepeated = outcome === 'refreshed once more'
  token.spentAt ??= now
  token.successor = keep(session, answer.body.data, now)
}

/** `which` counts back from the newest session, `back` from the newest token of that. */
const refresh = (which: number, back: number): Command => ({
  check: ({ sessions }) => (sessions.at(-1 - which)?.refresh.length ?? 0) > back,
  run(model, real) {
    const session = model.sessions.at(-1 - which) as Session
    return refreshOne(model, real, { session, token: session.refresh.at(-1 - back) as RefreshToken })
  },
  toString: () => `refresh session ${which} back with token ${back} back`,
})

/** The expected outcome of using an access token. */
function judgeAccess({ openedAt, isEnded }: Session, issuedAt: number, now: number): SessionOutcome {
  if (isEnded || now >= openedAt + 30 * day) return 'access refused: the session has ended'
  return now < issuedAt + accessLife ? 'access' : 'access refused: the token is old'
}

const useAccess = (which: number, back: number): Command => ({
  check: ({ sessions }) => (sessions.at(-1 - which)?.access.length ?? 0) > back,
  async run({ sessions, now }, { people, note }) {
    const session = sessions.at(-1 - which) as Session
    const { text = '', issuedAt = 0 } = session.access.at(-1 - back) ?? {}
    const answer = await people.app.get('/auth/me', { authorization: `Bearer ${text}` })
    const outcome = judgeAccess(session, issuedAt, now)
    note(outcome)
    expect(answer.status).toBe(outcome === 'access' ? 200 : 401)
  },
  toString: () => `use access token ${back} back of session ${which} back`,
})

const logOut = (which: number): Command => ({
  check: ({ sessions }) => sessions.at(-1 - which) !== undefined,
  async run({ sessions, now }, { people, note }) {
    const session = sessions.at(-1 - which) as Session
    const { text: accessToken = '', issuedAt = 0 } = session.access.at(-1) ?? {}
    const refreshToken = session.refresh.at(-1)?.text
    const headers = { authorization: `Bearer ${accessToken}` }
    const answer = await people.app.post('/auth/logout', { accessToken, refreshToken }, headers)
    // The refresh token is of the session, so an access token that is only old will do.
    const isExpected = judgeAccess(session, issuedAt, now) !== 'access refused: the session has ended'
    note(isExpected ? 'logged out' : 'log out refused')
    expect(answer.status).toBe(isExpected ? 200 : 401)
    if (isExpected) session.isEnded = true
  },
  toString: () => `log out of session ${which} back`,
})

const wait = (milliseconds: number): Command => ({
  check: () => true,
  async run(model, { people }) {
    await passTime(people.app, milliseconds)
    model.now += milliseconds
  },
  toString: () => `wait ${milliseconds / second} s`,
})

/** One command, because random commands hardly ever keep a session in use until it is 30 days old. */
const stay: Command = {
  check: ({ sessions }) => sessions.length > 0,
  async run(model, real) {
    await wait(13 * day).run(model, real)
    for (const session of model.sessions)
      await refreshOne(model, real, { session, token: session.refresh.at(-1) as RefreshToken })
  },
  toString: () => 'wait 13 days, and refresh every session with its newest token',
}

/** Mostly the newest, because a command about something missing is skipped. */
const which = fc.constantFrom(0, 0, 0, 1, 1, 2)
const whichBoth = fc.tuple(which, which)

/** Waits of days are by far the most expensive, so they are long. No sum of them comes near 14 or 30 days. */
export const sessionCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(logIn) },
  { weight: 10, arbitrary: which.map((index) => refresh(index, 0)) },
  { weight: 8, arbitrary: whichBoth.map(([index, back]) => refresh(index, back)) },
  { weight: 8, arbitrary: whichBoth.map(([index, back]) => useAccess(index, back)) },
  { weight: 4, arbitrary: which.map(logOut) },
  { weight: 8, arbitrary: fc.constantFrom(11 * second, 660 * second).map(wait) },
  { weight: 1, arbitrary: fc.constant(wait(16 * day)) },
  { weight: 1, arbitrary: fc.constant(stay) },
)
