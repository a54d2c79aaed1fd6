import fc from 'fast-check'
import { expect } from 'vitest'
import type { People } from '../people.ts'

/*
 * The life of the sessions of one person: which tokens there are, when each was spent, and what has ended (T2, T3, T4).
 */

type RefreshToken = { text: string; spentAt: number | null }
type Session = {
  openedAt: number
  usedAt: number
  isEnded: boolean
  refresh: RefreshToken[]
  access: { text: string; issuedAt: number }[]
}

export type SessionModel = { now: number; sessions: Session[] }
export type SessionReal = { people: People; email: string }

type Command = fc.AsyncCommand<SessionModel, SessionReal>
type Tokens = { accessToken: string; refreshToken: string }

const second = 1_000
const day = 24 * 3_600 * second
const accessLife = 600 * second

const keep = (session: Session, { accessToken, refreshToken }: Tokens, now: number): void => {
  session.refresh.push({ text: refreshToken, spentAt: null })
  session.access.push({ text: accessToken, issuedAt: now })
  session.usedAt = now
}

const logIn: Command = {
  check: ({ sessions }) => sessions.length < 3,
  async run(model, { people, email }) {
    await people.ask('/auth/login/otp/generate', { email })
    const body = await people.ask('/auth/login/otp', { email, code: await people.codeFor(email) })
    const { now } = model
    const session: Session = { openedAt: now, usedAt: now, isEnded: false, refresh: [], access: [] }
    keep(session, body.data, now)
    model.sessions.push(session)
  },
  toString: () => 'log in',
}

const isOpen = ({ openedAt, isEnded }: Session, now: number): boolean => !isEnded && now < openedAt + 30 * day

/** What a refresh must do; ends the session of a stolen token. */
function judgeRefresh(session: Session, token: RefreshToken, now: number): boolean {
  if (session.isEnded) return false
  if (token.spentAt !== null) {
    if (now - token.spentAt > 10 * second) session.isEnded = true
    return false
  }
  return isOpen(session, now) && now < session.usedAt + 14 * day
}

/** `back` counts from the newest token of the session. */
const refresh = (index: number, back: number): Command => ({
  check: ({ sessions }) => (sessions[index]?.refresh.length ?? 0) > back,
  async run(model, { people }) {
    const session = model.sessions[index] as Session
    const token = session.refresh.at(-1 - back) as RefreshToken
    const answer = await people.app.post('/auth/refresh', { refreshToken: token.text })
    const isExpected = judgeRefresh(session, token, model.now)
    expect(answer.status).toBe(isExpected ? 200 : 401)
    if (!isExpected) return
    token.spentAt = model.now
    keep(session, answer.body.data, model.now)
  },
  toString: () => `refresh session ${index} with token ${back} back`,
})

const isAlive = (session: Session, issuedAt: number, now: number): boolean =>
  isOpen(session, now) && now < issuedAt + accessLife

const useAccess = (index: number, back: number): Command => ({
  check: ({ sessions }) => (sessions[index]?.access.length ?? 0) > back,
  async run({ sessions, now }, { people }) {
    const session = sessions[index] as Session
    const { text = '', issuedAt = 0 } = session.access.at(-1 - back) ?? {}
    const answer = await people.app.get('/auth/me', { authorization: `Bearer ${text}` })
    expect(answer.status).toBe(isAlive(session, issuedAt, now) ? 200 : 401)
  },
  toString: () => `use access token ${back} back of session ${index}`,
})

const logOut = (index: number): Command => ({
  check: ({ sessions }) => sessions[index] !== undefined,
  async run({ sessions, now }, { people }) {
    const session = sessions[index] as Session
    const { text: accessToken = '', issuedAt = 0 } = session.access.at(-1) ?? {}
    const refreshToken = session.refresh.at(-1)?.text
    const headers = { authorization: `Bearer ${accessToken}` }
    const answer = await people.app.post('/auth/logout', { accessToken, refreshToken }, headers)
    const isExpected = isAlive(session, issuedAt, now)
    expect(answer.status).toBe(isExpected ? 200 : 401)
    if (isExpected) session.isEnded = true
  },
  toString: () => `log out of session ${index}`,
})

const waits = [11 * second, 660 * second, 8 * day]

const wait = (milliseconds: number): Command => ({
  check: () => true,
  async run(model, { people }) {
    await people.app.moveClock(milliseconds)
    model.now += milliseconds
  },
  toString: () => `wait ${milliseconds / second} s`,
})

const which = fc.nat({ max: 2 })

export const sessionCommands: fc.Arbitrary<Command>[] = [
  fc.constant(logIn),
  which.map((index) => refresh(index, 0)),
  fc.tuple(which, which).map(([index, back]) => refresh(index, back)),
  fc.tuple(which, which).map(([index, back]) => useAccess(index, back)),
  which.map(logOut),
  fc.constantFrom(...waits).map(wait),
]
