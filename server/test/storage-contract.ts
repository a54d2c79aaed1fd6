import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Address } from '../src/domain/address.ts'
import type { Challenge } from '../src/domain/challenge.ts'
import { defaultProjectSettings, type Project, type ProjectSettings } from '../src/domain/project.ts'
import { Secret } from '../src/domain/secret.ts'
import { createAdmitSend } from '../src/engine/admit-send.ts'
import { type CheckCode, type CheckCommand, createCheckCode } from '../src/engine/check-code.ts'
import { createCodeKeyring, revealCode } from '../src/engine/code-keys.ts'
import { createSendCode, type SendCode, type SendCommand } from '../src/engine/send-code.ts'
import { createChallengeStore } from '../src/storage/challenges.ts'
import { createDatabase, type Database } from '../src/storage/database.ts'
import { createOutbox } from '../src/storage/outbox.ts'
import { createProjectStore } from '../src/storage/projects.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { until } from './until.ts'

const keyring = createCodeKeyring({ current: new Secret('k'.repeat(32)), previous: null })
const admitSend = createAdmitSend({ puzzles: { read: () => null }, disposableDomains: () => new Set() })
const silent = { dispatch() {}, dispatchAndWait: async () => 'accepted' as const }
const minute = 60_000

/** One node of the server as far as storage goes: pools, batchers and the use cases on top. */
async function startNode(database: Database): Promise<{ send: SendCode; check: CheckCode }> {
  const challenges = await createChallengeStore(database)
  return {
    send: createSendCode({ challenges, dispatcher: silent, keyring, admitSend, onStop() {} }),
    check: createCheckCode({ challenges, keyring }),
  }
}

/** What every PostgreSQL under the server must do, the embedded one and any other. `serverUrl` is read when it starts. */
export function storageContract(name: string, serverUrl: () => string): void {
  describe(`storage on ${name}`, () => {
    let db: TestDatabase
    let others: Database[]
    let nodes: { send: SendCode; check: CheckCode }[]

    beforeAll(async () => {
      db = await createTestDatabase({ serverUrl: serverUrl() })
      others = [1, 2, 3].map(() => createDatabase({ connectionString: db.connectionString }))
      nodes = await Promise.all([db.database, ...others].map(startNode))
    })

    afterAll(async () => {
      await Promise.all(others.map((database) => database.close()))
      await db.drop()
    })

    const node = (index = 0) => nodes[index % nodes.length] as (typeof nodes)[number]

    const makeProject = (settings: Partial<ProjectSettings> = {}, tokensGranted: number | null = null) =>
      createProjectStore(db.database).create({
        id: null,
        workspaceId: null,
        name: 'Contract',
        settings: { ...defaultProjectSettings, rateLimit: null, countries: 'any', ...settings },
        tokensGranted,
      })

    const mail = () => `${randomUUID()}@example.test` as Address

    const sendTo = (project: Project, address: Address, more: Partial<SendCommand> = {}, index = 0) =>
      node(index).send({
        project,
        purpose: 'service',
        channel: 'email',
        address,
        target: address,
        content: 'code',
        languages: { asked: null, accepted: 'en' },
        caller: null,
        ...more,
      })

    const mustSend = async (
      project: Project,
      address: Address,
      more: Partial<SendCommand> = {},
    ): Promise<Challenge> => {
      const outcome = await sendTo(project, address, more)
      if (!outcome.ok) throw new Error(`refused: ${outcome.refusal}`)
      return outcome.challenge
    }

    const check = (
      project: Project,
      address: Address,
      code: string,
      more: Partial<CheckCommand> = {},
      index = 0,
    ) =>
      node(index).check({
        project,
        purpose: 'service',
        address,
        code: new Secret(code),
        caller: null,
        ...more,
      })

    const codeOf = (challenge: Challenge) => revealCode(keyring, challenge).reveal()
    const wrongCodeFor = (challenge: Challenge) =>
      String((Number(codeOf(challenge)) + 1) % 1_000_000).padStart(6, '0')

    test('V2: of 200 simultaneous right checks on four nodes one succeeds', async () => {
      const project = await makeProject()
      const address = mail()
      const code = codeOf(await mustSend(project, address))
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, index) => check(project, address, code, {}, index)),
      )
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
      expect(new Set(outcomes.flatMap((o) => (o.ok ? [] : [o.refusal])))).toEqual(new Set(['used']))
    })

    test('V1, V3: of 200 simultaneous wrong checks on four nodes five are judged, and then the right one is locked', async () => {
      const project = await makeProject()
      const address = mail()
      const challenge = await mustSend(project, address)
      const wrong = wrongCodeFor(challenge)
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, index) => check(project, address, wrong, {}, index)),
      )
      expect(outcomes.filter((o) => !o.ok && o.refusal === 'mismatch')).toHaveLength(5)
      expect(await check(project, address, codeOf(challenge))).toMatchObject({ ok: false, refusal: 'locked' })
      const [row] = await db.query<{ tries: number }>('select tries from challenges where address = $1', [
        address,
      ])
      expect(row?.tries).toBe(5)
    })

    test('I9: guesses and resends lock challenges in the order of their ids, as results of delivery do', async () => {
      const project = await makeProject()
      const both = [await mustSend(project, mail()), await mustSend(project, mail())]
      const [low, high] = both.sort((one, other) => (one.id < other.id ? -1 : 1)) as [Challenge, Challenge]
      // Of six requests that come at once the first two are one batch.
      const others = Array.from({ length: 4 }, mail)
      const wrong = wrongCodeFor(low) === codeOf(high) ? wrongCodeFor(high) : wrongCodeFor(low)
      const lock = 'select 1 from challenges where project_id = $1 and id = $2 for update'
      const results = new pg.Client({ connectionString: db.connectionString })
      await results.connect()
      try {
        const asks: ((address: Address) => Promise<unknown>)[] = [
          (address) => check(project, address, wrong),
          (address) => sendTo(project, address),
        ]
        for (const ask of asks) {
          await results.query('begin')
          await results.query(lock, [project.id, `\\x${low.id}`])
          const answers = Promise.all([high.address, low.address, ...others].map(ask))
          await until(db.isBlocked)
          await results.query(`${lock} nowait`, [project.id, `\\x${high.id}`])
          await results.query('commit')
          await answers
        }
      } finally {
        await results.end()
      }
    })

    test('V3: a five-digit code takes three wrong guesses', async () => {
      const project = await makeProject()
      const address = '+2250123456789' as Address
      await mustSend(project, address, { purpose: 'citizen', channel: 'sms' })
      const refusals = []
      for (let guess = 0; guess < 4; guess += 1) {
        const outcome = await check(project, address, '00000', { purpose: 'citizen' })
        if (!outcome.ok) refusals.push(outcome.refusal)
      }
      expect(refusals).toEqual(['mismatch', 'mismatch', 'mismatch', 'locked'])
    })

    test('V4: ten failures in a row over several codes lock the address for a day; a resend resets nothing', async () => {
      const project = await makeProject({ sendsPerTenMinutes: 100, sendsPerDay: 100 })
      const address = mail()
      for (let round = 0; round < 2; round += 1) {
        const wrong = wrongCodeFor(await mustSend(project, address))
        for (let guess = 0; guess < 5; guess += 1) await check(project, address, wrong)
      }
      const [row] = await db.query('select locked_until from recipients where address = $1', [address])
      expect(row?.locked_until).not.toBeNull()
      expect(await sendTo(project, address)).toMatchObject({ ok: false, refusal: 'address-locked' })
    })

    test('V4: a success ends the run of failures', async () => {
      const project = await makeProject({ sendsPerTenMinutes: 100, sendsPerDay: 100 })
      const address = mail()
      for (let round = 0; round < 3; round += 1) {
        const challenge = await mustSend(project, address)
        for (let guess = 0; guess < 4; guess += 1) await check(project, address, wrongCodeFor(challenge))
        expect(await check(project, address, codeOf(challenge))).toMatchObject({ ok: true })
      }
    })

    test('V9: of the 2⁵ mixes of code, address, purpose, project and account one passes', async () => {
      const [project, otherProject] = await Promise.all([makeProject(), makeProject()])
      const right = { project, address: mail(), purpose: 'account-login' as const, accountId: 7 }
      const other = { project: otherProject, address: mail(), purpose: 'mobile-login' as const, accountId: 8 }
      const passed: number[] = []
      for (let mix = 0; mix < 32; mix += 1) {
        // A fresh address for each mix, so that the locks of V3 and V4 do not decide.
        const [address, otherAddress] = [mail(), mail()]
        const challenge = await mustSend(right.project, address, {
          purpose: right.purpose,
          accountId: right.accountId,
        })
        const outcome = await check(
          mix & 1 ? other.project : right.project,
          mix & 2 ? otherAddress : address,
          mix & 4 ? wrongCodeFor(challenge) : codeOf(challenge),
          {
            purpose: mix & 8 ? other.purpose : right.purpose,
            accountId: mix & 16 ? other.accountId : right.accountId,
          },
        )
        if (outcome.ok) passed.push(mix)
      }
      expect(passed).toEqual([0])
    })

    test('V10: a code is good in [issued, expires) by the clock of the database', async () => {
      const project = await makeProject()
      const [early, late] = [mail(), mail()]
      const first = await mustSend(project, early)
      const second = await mustSend(project, late)
      await db.moveClock(first.expiresAt.getTime() - Date.now() - 2_000)
      expect(await check(project, early, codeOf(first))).toMatchObject({ ok: true })
      await db.moveClock(2_000)
      expect(await check(project, late, codeOf(second))).toMatchObject({ ok: false, refusal: 'expired' })
    })

    test('C2: no code, and nothing it follows from, is stored', async () => {
      const project = await makeProject()
      const challenge = await mustSend(project, mail())
      const rows = await db.query(
        'select row_to_json(c)::text as text from challenges c where address = $1',
        [challenge.address],
      )
      expect(JSON.stringify(rows)).not.toContain(codeOf(challenge))
    })

    test('S1: five unverified sends in ten minutes, ten in a day, and a success clears them', async () => {
      const project = await makeProject()
      const address = mail()
      for (let sent = 0; sent < 5; sent += 1) await mustSend(project, address)
      const refused = await sendTo(project, address)
      expect(refused).toMatchObject({ ok: false, refusal: 'too-many-sends' })
      await db.moveClock(10 * minute)
      for (let sent = 0; sent < 4; sent += 1) await mustSend(project, address)
      const tenth = await mustSend(project, address)
      await db.moveClock(11 * minute)
      expect(await sendTo(project, address)).toMatchObject({ ok: false, refusal: 'too-many-sends' })

      const cleared = mail()
      for (let sent = 0; sent < 4; sent += 1) await mustSend(project, cleared)
      const last = await mustSend(project, cleared)
      expect(await check(project, cleared, codeOf(last))).toMatchObject({ ok: true })
      expect(await sendTo(project, cleared)).toMatchObject({ ok: true })
      expect(tenth.address).toBe(address)
    })

    test('S1: twenty in a day over all projects of the server, exact though four nodes send at once', async () => {
      const address = mail()
      const projects = await Promise.all(
        Array.from({ length: 8 }, () => makeProject({ sendsPerTenMinutes: 100, sendsPerDay: 100 })),
      )
      const outcomes = await Promise.all(
        Array.from({ length: 80 }, (_, index) => sendTo(projects[index % 8] as Project, address, {}, index)),
      )
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(20)
    })

    test('S5: with a quota of 50, 150 simultaneous sends on four nodes are accepted exactly 50 times', async () => {
      const project = await makeProject({}, 50)
      const outcomes = await Promise.all(
        Array.from({ length: 150 }, (_, index) => sendTo(project, mail(), {}, index)),
      )
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(50)
      expect(outcomes.filter((o) => !o.ok && o.refusal === 'out-of-tokens')).toHaveLength(100)
    })

    test('S5: a token comes back once when every carrier refused, however often that is told', async () => {
      const project = await makeProject({}, 2)
      const challenge = await mustSend(project, mail())
      const failed = {
        projectId: project.id,
        challengeId: challenge.id,
        carrier: 'smtp',
        outcome: 'refused' as const,
        detail: null,
        carrierMessageId: null,
        startedAt: new Date(),
        finishedAt: new Date(),
        next: { state: 'failed' as const },
      }
      const outbox = createOutbox(db.database)
      await outbox.record([failed])
      await outbox.record([failed])
      const [quota] = await db.query<{ tokens_used: string }>(
        'select tokens_used from quotas where project_id = $1',
        [project.id],
      )
      expect(Number(quota?.tokens_used)).toBe(0)
    })

    test('S6: a refused send leaves no row behind', async () => {
      const project = await makeProject({}, 0)
      const address = mail()
      expect(await sendTo(project, address)).toMatchObject({ ok: false, refusal: 'out-of-tokens' })
      expect(await db.query('select 1 from challenges where address = $1', [address])).toEqual([])
      expect(await db.query('select 1 from recipients where address = $1', [address])).toEqual([])
    })

    test('a request limit is exact over four nodes and says when to come back', async () => {
      const project = await makeProject({ rateLimit: { requests: 30, windowSeconds: 60 } })
      const outcomes = await Promise.all(
        Array.from({ length: 90 }, (_, index) => sendTo(project, mail(), {}, index)),
      )
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(30)
      const refused = outcomes.find(({ ok }) => !ok)
      expect(refused).toMatchObject({ refusal: 'too-many-requests' })
      expect(refused?.usage[0]).toMatchObject({ remaining: 0 })
      await db.moveClock(minute)
      expect(await sendTo(project, mail())).toMatchObject({ ok: true })
    })

    test('one idempotency key sends once, on whichever node it arrives', async () => {
      const project = await makeProject()
      const address = mail()
      const idempotency = { key: 'order-1', bodyDigest: 'a' }
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, index) => sendTo(project, address, { idempotency }, index)),
      )
      const ids = new Set(outcomes.flatMap((o) => (o.ok ? [o.challenge.id] : [])))
      expect(ids.size).toBe(1)
      expect(await db.query('select 1 from challenges where address = $1', [address])).toHaveLength(1)
      const otherBody = await sendTo(project, address, { idempotency: { key: 'order-1', bodyDigest: 'b' } })
      expect(otherBody).toMatchObject({ ok: false, refusal: 'idempotency-mismatch' })
    })

    test('a new code kills the old one, unless they are for different records', async () => {
      const project = await makeProject()
      const address = mail()
      const [old, foreign] = [
        await mustSend(project, address),
        await mustSend(project, address, { recordId: 'b' }),
      ]
      const fresh = await mustSend(project, address)
      if (codeOf(old) !== codeOf(fresh)) {
        expect(await check(project, address, codeOf(old))).toMatchObject({ ok: false, refusal: 'mismatch' })
      }
      expect(await check(project, address, codeOf(foreign), { recordId: 'b' })).toMatchObject({ ok: true })
      expect(await check(project, address, codeOf(fresh))).toMatchObject({ ok: true })
    })

    test('two dispatchers never claim the same message', async () => {
      const project = await makeProject()
      const sent = await Promise.all(Array.from({ length: 60 }, () => mustSend(project, mail())))
      await db.moveClock(31_000)
      const claims = await Promise.all(
        [db.database, ...others].flatMap((database) => [
          createOutbox(database).claim(1_000),
          createOutbox(database).claim(1_000),
        ]),
      )
      const ours = new Set(sent.map(({ id }) => id))
      const claimed = claims
        .flatMap(({ challenges }) => challenges.map(({ id }) => id))
        .filter((id) => ours.has(id))
      expect(claimed).toHaveLength(60)
      expect(new Set(claimed).size).toBe(60)
    })

    test('a project that has sent much pays no more for a send or a guess, whenever a connection planned it', async () => {
      const own = await createTestDatabase({ serverUrl: serverUrl() })
      const project = await createProjectStore(own.database).create({
        id: null,
        workspaceId: null,
        name: 'Much',
        settings: { ...defaultProjectSettings, rateLimit: null, countries: 'any' },
        tokensGranted: null,
      })
      const open = async () => {
        const database = createDatabase({ connectionString: own.connectionString })
        return { database, ...(await startNode(database)) }
      }
      const sendAndCheck = ({ send, check }: Awaited<ReturnType<typeof open>>, times: number) =>
        Promise.all(
          Array.from({ length: times }, async () => {
            const address = mail()
            const subject = { project, purpose: 'service', address, caller: null } as const
            const sent = await send({
              ...subject,
              channel: 'email',
              target: address,
              content: 'code',
              languages: { asked: null, accepted: 'en' },
            })
            if (!sent.ok) throw new Error(`refused: ${sent.refusal}`)
            const code = revealCode(keyring, sent.challenge)
            expect((await check({ ...subject, code })).ok).toBe(true)
          }),
        )

      // Connections that plan at every size of a young table. Nothing has gathered statistics on it yet.
      const planned = []
      for (const times of [1, 4, 15, 80, 400]) {
        const one = await open()
        await sendAndCheck(one, times)
        planned.push(one)
      }
      for (const one of planned) await sendAndCheck(one, 100)
      // The end of a connection tells PostgreSQL's statistics what it read.
      for (const { database } of planned) await database.close()
      const entriesRead = async () => {
        const [row] = await own.query<{ read: string }>(
          "select sum(idx_tup_read) as read from pg_stat_user_indexes where relname like 'challenges_%'",
        )
        return Number(row?.read)
      }
      await expect.poll(entriesRead).toBeGreaterThan(1_000)
      expect(await entriesRead()).toBeLessThan(1_000 * 8)
      await own.drop()
    })

    test('a request that PostgreSQL cannot take fails alone', async () => {
      const project = await makeProject()
      const [poisoned, ...fine] = await Promise.allSettled([
        sendTo(project, mail(), { recordId: 'nul \u0000' }),
        ...Array.from({ length: 20 }, () => sendTo(project, mail())),
      ])
      expect(poisoned?.status).toBe('rejected')
      expect(fine.every((outcome) => outcome.status === 'fulfilled' && outcome.value.ok)).toBe(true)
    })
  })
}
