import { expect } from 'vitest'
import { demoProjects } from '../../harness/demo-projects.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { countStatuses, type RaceAnswer, times } from './load.ts'
import { type Race, together } from './race.ts'
import type { RaceWorld } from './race-world.ts'

type ChallengeEnd = { tries: number; used_at: Date | null; superseded_at: Date | null; expires_at: Date }

const challengesOf = ({ db }: RaceWorld, address: string): Promise<ChallengeEnd[]> =>
  db.query(
    'select tries, used_at, superseded_at, expires_at from challenges where address = $1 order by id desc',
    [address],
  )

const reasonsOf = (answers: RaceAnswer[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { body } of answers) {
    const reason = body.valid === true ? 'valid' : String(body.reason)
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

/** Sends a code to a fresh address, and returns the code. */
export async function sendCode(world: RaceWorld, target: string): Promise<string> {
  const sent = await world.one({
    path: '/api/v1/otp/send',
    headers: world.service,
    body: { target, channel: 'email' },
  })
  expect(sent.status).toBe(201)
  return world.codeFor(target)
}

export const verify = (world: RaceWorld, target: string, code: string) => ({
  path: '/api/v1/otp/verify',
  headers: world.service,
  body: { target, code },
})

const sameRightCode: Race = {
  name: 'V2 I1: of many simultaneous right guesses one succeeds',
  async run(world) {
    const target = world.newEmail()
    const code = await sendCode(world, target)
    const answers = await world.all(times(together, () => verify(world, target, code)))
    expect(reasonsOf(answers)).toEqual({ valid: 1, 'Code has already been used': together - 1 })
    expect(await challengesOf(world, target)).toMatchObject([{ tries: 1, used_at: expect.any(Date) }])
  },
}

const sixDigits: Race = {
  name: 'V3 V4 I2: of many wrong guesses five are judged on each of two codes, then the address is locked',
  async run(world) {
    const target = world.newEmail()
    for (const round of [1, 2]) {
      const code = await sendCode(world, target)
      const guesses = times(together, (nth) => verify(world, target, wrongCode(code, nth)))
      const reasons = reasonsOf(await world.all(guesses))
      expect(reasons).toEqual({ 'Invalid code': 5, 'Too many attempts': together - 5 })
      const [recipient] = await world.db.query(
        'select cardinality(failures) as failures, locked_until from recipients where address = $1',
        [target],
      )
      expect(recipient).toEqual({
        failures: 5 * round,
        locked_until: round === 1 ? null : expect.any(Date),
      })
    }
    const refused = await world.one({
      path: '/api/v1/otp/send',
      headers: world.service,
      body: { target, channel: 'email' },
    })
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } })
  },
}

const fiveDigits: Race = {
  name: 'V3 I2: of many wrong guesses of five digits three are judged',
  async run(world) {
    const [phone, phoneNumber] = await newCitizen(world)
    const created = await world.one({ path: '/otp', body: { type: 'create', phoneNumber } })
    expect(created.status).toBe(201)
    const code = created.body.data.otp as string
    const guesses = times(together, (nth) => ({
      path: '/otp/verify',
      body: { phoneNumber, otp: wrongCode(code, nth) },
    }))
    expect(countStatuses(await world.all(guesses))).toEqual({ 400: together })
    expect(await challengesOf(world, phone)).toMatchObject([{ tries: 3, used_at: null }])
  },
}

const mixed: Race = {
  name: 'V2 V3 I1 I2: right and wrong guesses together use no more tries than there are, and one succeeds at most',
  async run(world) {
    const target = world.newEmail()
    const code = await sendCode(world, target)
    const guesses = times(together, (nth) =>
      // One right guess in four, so that in some rounds the attempts are used up first.
      verify(world, target, nth % 4 === 3 ? code : wrongCode(code, nth)),
    )
    const reasons = reasonsOf(await world.all(guesses))
    const [challenge] = await challengesOf(world, target)
    const [valid, wrong] = [reasons.valid ?? 0, reasons['Invalid code'] ?? 0]
    expect(valid).toBeLessThanOrEqual(1)
    expect(valid === 1 ? wrong : wrong - 1).toBeLessThanOrEqual(4)
    expect(challenge).toMatchObject({
      tries: valid + wrong,
      used_at: valid === 1 ? expect.any(Date) : null,
    })
  },
}

const againstResend: Race = {
  name: 'V2 V4 I1: a code succeeds before it is replaced or never, and one code is left',
  async run(world) {
    const target = world.newEmail()
    const code = await sendCode(world, target)
    const answers = await world.all(
      times(together, (nth) =>
        // The guesses come first and last, the new sends in between.
        nth % 10 === 5
          ? { path: '/api/v1/otp/send', headers: world.service, body: { target, channel: 'email' } }
          : { ...verify(world, target, code), delay: nth % 3 },
      ),
    )
    const isSend = (_: unknown, nth: number) => nth % 10 === 5
    // The cap over all projects (S1) refuses what comes after twenty unverified sends.
    expect(Object.keys(countStatuses(answers.filter(isSend)))).toEqual(
      expect.not.arrayContaining(['500', '503']),
    )
    const successes = answers.filter(({ body }) => body.valid === true).length
    const challenges = await challengesOf(world, target)
    expect(successes).toBeLessThanOrEqual(1)
    expect(challenges.filter(({ used_at }) => used_at !== null)).toHaveLength(successes)
    expect(challenges.filter(({ superseded_at }) => superseded_at === null)).toHaveLength(1)
  },
}

const create: Race = {
  name: 'V2 S6: of many simultaneous creations one makes a code',
  async run(world) {
    const [phone, phoneNumber] = await newCitizen(world)
    const answers = await world.all(
      times(together, () => ({ path: '/otp', body: { type: 'create', phoneNumber } })),
    )
    expect(countStatuses(answers)).toEqual({ 201: 1, 400: together - 1 })
    expect(await challengesOf(world, phone)).toHaveLength(1)
  },
}

const edgeOfExpiry: Race = {
  name: 'V10 V2 I1: at the edge of expiry a code is used while it lives or not at all',
  async run(world) {
    const target = world.newEmail()
    const code = await sendCode(world, target)
    // The code now expires a little after the first guesses are judged. Wrong guesses go ahead for a while.
    await world.db.query(
      "update challenges set expires_at = clock_now() + interval '40 milliseconds' where address = $1",
      [target],
    )
    const answers = await world.all(
      times(together, (nth) => ({ ...verify(world, target, code), delay: 20 + Math.floor(nth / 5) })),
    )
    const reasons = reasonsOf(answers)
    expect(reasons.valid ?? 0).toBeLessThanOrEqual(1)
    const [challenge] = await challengesOf(world, target)
    expect(challenge?.used_at === null ? 0 : 1).toBe(reasons.valid ?? 0)
  },
}

/** A citizen that the administrator has brought in: the number as it is kept, and as a citizen writes it. */
async function newCitizen(world: RaceWorld): Promise<[phone: string, national: string]> {
  const national = `01${world.newMobile().slice(-8)}`
  const made = await world.one({
    path: `/admin/v1/projects/${demoProjects.citizen}/users`,
    headers: world.admin,
    body: { type: 'CITIZEN', phone: national },
  })
  expect(made.status).toBe(201)
  return [made.body.phone as string, national]
}

export const codeRaces: Race[] = [
  sameRightCode,
  sixDigits,
  fiveDigits,
  mixed,
  againstResend,
  create,
  edgeOfExpiry,
]
