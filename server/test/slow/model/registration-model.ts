import fc from 'fast-check'
import { expect } from 'vitest'
import type { People } from '../../harness/people.ts'
import { passTime, second } from './pass-time.ts'

/*
 * One address and two callers, each in a network of its own: the owner, who reads the mail and types any code that came, and a
 * stranger, who registers and asks for codes. The invariant is A5: a password or a name that whoever first proved the address
 * had not set himself is never the account's, in whatever order all of it happens; and no code dies by what another caller does.
 */

type Actor = 'owner' | 'stranger'
type Purpose = 'verification' | 'login' | 'reset'
/** What an actor has registered. */
type Registration = { password: string; name: string }
type Code = {
  text: string
  purpose: Purpose
  by: Actor
  sentAt: number
  usedAt: number | null
  isReplaced: boolean
}

export type RegistrationModel = {
  now: number
  waiting: Partial<Record<Actor, Registration>>
  codes: Code[]
  /** What the account has since its address is proven; null before. */
  account: { password: string | null; name: string | null } | null
  passwords: string[]
}

export type RegistrationReal = {
  people: People
  email: string
  /** The network that each of them calls from, by the headers of their requests. */
  networks: Record<Actor, { 'x-forwarded-for': string }>
  note: (outcome: RegistrationOutcome) => void
}

/** Everything that can come of a command. A long run has met all of it. */
export const registrationOutcomes = [
  'registered',
  'registered again',
  'registered a taken address',
  'asked for a code',
  'refused: too many codes',
  'verified by the own code: password and name stay',
  'verified by another code: nothing stays',
  'verified again: nothing changes',
  'logged in by a code: nothing stays',
  'logged in by a code',
  'reset: nothing else stays',
  'reset',
  'verified twice within seconds',
  'refused: the code was used',
] as const
export type RegistrationOutcome = (typeof registrationOutcomes)[number]

type Command = fc.AsyncCommand<RegistrationModel, RegistrationReal>

const life = 600 * second
const purposeNames = {
  verification: 'ACCOUNT_VERIFICATION',
  login: 'LOGIN_CONFIRMATION',
  reset: 'FORGOT_PASSWORD',
}

export const newRegistrationModel = (): RegistrationModel => ({
  now: 0,
  waiting: {},
  codes: [],
  account: null,
  passwords: [],
})

/** A new code takes the place of the caller's own before; one to log in or to reset is the address's, whoever asks. */
function replaceCodes(model: RegistrationModel, purpose: Purpose, by: Actor): void {
  for (const older of model.codes)
    if (older.purpose === purpose && (purpose !== 'verification' || older.by === by)) older.isReplaced = true
}

function keepCode(model: RegistrationModel, code: Pick<Code, 'text' | 'purpose' | 'by'>): void {
  replaceCodes(model, code.purpose, code.by)
  model.codes.push({ ...code, sentAt: model.now, usedAt: null, isReplaced: false })
}

const register = (by: Actor): Command => ({
  check: () => true,
  async run(model, { people, email, networks, note }) {
    const password = `a quiet otter no. ${model.passwords.length}`
    const name = `${by} ${model.passwords.length}`
    model.passwords.push(password)
    const body = { email, password, firstname: name, lastname: 'X' }
    const { status } = await people.app.post('/auth/register', body, networks[by])
    if (status === 429) return note('refused: too many codes')
    expect(status).toBe(201)
    if (model.account !== null) {
      replaceCodes(model, 'verification', by)
      return note('registered a taken address')
    }
    note(model.waiting[by] === undefined ? 'registered' : 'registered again')
    model.waiting[by] = { password, name }
    keepCode(model, { text: await people.codeFor(email), purpose: 'verification', by })
  },
  toString: () => `${by} registers`,
})

const askCode = (by: Actor, purpose: Purpose): Command => ({
  // Before anybody has registered, and for what is verified, the answer is the same and nothing is sent.
  check: ({ account, waiting }) =>
    purpose === 'verification'
      ? account === null && Object.keys(waiting).length > 0
      : account !== null || Object.keys(waiting).length > 0,
  async run(model, { people, email, networks, note }) {
    const body = { email, purpose: purposeNames[purpose] }
    const { status } = await people.app.post('/auth/otp/generate', body, networks[by])
    if (status === 429) return note('refused: too many codes')
    expect(status).toBe(200)
    note('asked for a code')
    keepCode(model, { text: await people.codeFor(email), purpose, by })
  },
  toString: () => `${by} asks for a code: ${purpose}`,
})

/**
 * What comes of the owner's typing a code; null for what is not tried, since it would count as a guess, and guesses are the
 * subject of another model. Who has used the own code is told so, and guesses at no other.
 */
function judgeCode({ now, codes }: RegistrationModel, code: Code): 'live' | 'repeated' | 'dead' | null {
  const isVerification = code.purpose === 'verification'
  const own = codes.find(
    (known) => known.purpose === code.purpose && known.by === 'owner' && !known.isReplaced,
  )
  if (isVerification && own !== undefined && own.usedAt !== null) {
    if (now - own.usedAt > 10 * second) return 'dead'
    return code === own ? 'repeated' : null
  }
  if (code.isReplaced) return null
  if (code.usedAt !== null) return isVerification ? null : 'dead'
  return now < code.sentAt + life ? 'live' : null
}

/** The owner types a code that came, `back` from the newest. */
const typeCode = (back: number): Command => ({
  check: (model) => model.codes.length > back && judgeCode(model, model.codes.at(-1 - back) as Code) !== null,
  async run(model, real) {
    const code = model.codes.at(-1 - back) as Code
    const judged = judgeCode(model, code)
    const answer = await useCode(real, code)
    if (judged === 'dead') {
      real.note('refused: the code was used')
      expect([400, 401]).toContain(answer.status)
      return
    }
    expect(answer.status).toBe(200)
    if (judged === 'repeated') return real.note('verified twice within seconds')
    code.usedAt = model.now
    real.note(prove(model, code))
  },
  toString: () => `owner types code ${back} back`,
})

const resetTo = 'the owner has chosen this one'

function useCode({ people, email, networks }: RegistrationReal, { text: code, purpose }: Code) {
  const path = { verification: '/auth/verify', login: '/auth/login/otp', reset: '/auth/reset-password' }[
    purpose
  ]
  return people.app.post(path, { email, code, newPassword: resetTo }, networks.owner)
}

/** The invariant: what the first proof leaves is the prover's own, and no later proof brings anything back. */
function prove(model: RegistrationModel, { purpose, by }: Code): RegistrationOutcome {
  const isFirst = model.account === null
  const own = isFirst && purpose === 'verification' && by === 'owner' ? model.waiting.owner : undefined
  if (model.account === null) model.account = { password: own?.password ?? null, name: own?.name ?? null }
  model.waiting = {}
  switch (purpose) {
    case 'verification':
      if (!isFirst) return 'verified again: nothing changes'
      return own === undefined
        ? 'verified by another code: nothing stays'
        : 'verified by the own code: password and name stay'
    case 'login':
      return isFirst ? 'logged in by a code: nothing stays' : 'logged in by a code'
    case 'reset':
      model.account.password = resetTo
      return isFirst ? 'reset: nothing else stays' : 'reset'
  }
}

const wait = (milliseconds: number): Command => ({
  check: () => true,
  async run(model, { people }) {
    await passTime(people.app, milliseconds)
    model.now += milliseconds
  },
  toString: () => `wait ${milliseconds / second} s`,
})

/** At the end: of all passwords that were ever named the account opens to its own alone, and has no name but its own. */
export async function expectOwn(
  model: RegistrationModel,
  { people, email }: RegistrationReal,
): Promise<void> {
  if (model.account === null) return
  const [row] = await people.app.db.query<{ first_name: string | null }>(
    `select first_name from accounts where email = $1 and email_verified_at is not null`,
    [email],
  )
  expect(row?.first_name).toBe(model.account.name)
  // The guesses of a few: ten wrong ones lock the account.
  for (const password of [...model.passwords.slice(-6), resetTo]) {
    const { status } = await people.app.post('/auth/login', { email, password })
    expect([password, status]).toEqual([password, password === model.account.password ? 200 : 401])
  }
}

const actor = fc.constantFrom<Actor>('owner', 'stranger')

export const registrationCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: actor.map(register) },
  { weight: 4, arbitrary: actor.map((by) => askCode(by, 'verification')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(actor, fc.constantFrom<Purpose>('login', 'reset'))
      .map(([by, purpose]) => askCode(by, purpose)),
  },
  { weight: 12, arbitrary: fc.constantFrom(0, 0, 1, 1, 2, 3).map(typeCode) },
  { weight: 3, arbitrary: fc.constant(wait(11 * second)) },
  { weight: 1, arbitrary: fc.constant(wait(630 * second)) },
)
