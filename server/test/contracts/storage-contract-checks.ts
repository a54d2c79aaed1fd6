import pg from 'pg'
import { expect, test } from 'vitest'
import type { Address } from '../../src/domain/address.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { purposeNamed } from '../harness/purposes.ts'
import { codeOf, mail, type StorageWorld, wrongCodeFor } from '../harness/storage-world.ts'
import { until } from '../harness/until.ts'

/** The storage contract for checks. */
export function checksContract(world: StorageWorld): void {
  const { makeProject, sendTo, mustSend, check } = world

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
    const [row] = await world.db.query<{ tries: number }>('select tries from challenges where address = $1', [
      address,
    ])
    expect(row?.tries).toBe(5)
  })

  test('I9: guesses and resends lock challenges in the order of their ids, as results of delivery do', async () => {
    const project = await makeProject()
    const both = [await mustSend(project, mail()), await mustSend(project, mail())]
    const [low, high] = both.sort((one, other) => (one.id < other.id ? -1 : 1)) as [Challenge, Challenge]
    // When six requests arrive at once, the first two are one batch.
    const others = Array.from({ length: 4 }, mail)
    const wrong = wrongCodeFor(low) === codeOf(high) ? wrongCodeFor(high) : wrongCodeFor(low)
    const lock = 'select 1 from challenges where project_id = $1 and id = $2 for update'
    const results = new pg.Client({ connectionString: world.db.connectionString })
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
        await until(world.db.isBlocked)
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
    await mustSend(project, address, { purpose: purposeNamed('citizen'), channel: 'sms' })
    const refusals = []
    for (let guess = 0; guess < 4; guess += 1) {
      const outcome = await check(project, address, '00000', { purpose: purposeNamed('citizen') })
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
    const [row] = await world.db.query('select locked_until from recipients where address = $1', [address])
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
    const right = { project, address: mail(), purpose: purposeNamed('account-login'), accountId: 7 }
    const other = {
      project: otherProject,
      address: mail(),
      purpose: purposeNamed('mobile-login'),
      accountId: 8,
    }
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
    const margin = 10_000
    await world.db.moveClock(first.expiresAt.getTime() - first.createdAt.getTime() - margin)
    expect(await check(project, early, codeOf(first))).toMatchObject({ ok: true })
    await world.db.moveClock(margin)
    expect(await check(project, late, codeOf(second))).toMatchObject({ ok: false, refusal: 'expired' })
  })

  test('C2: no code, and nothing it follows from, is stored', async () => {
    const project = await makeProject()
    const challenge = await mustSend(project, mail())
    const rows = await world.db.query(
      'select row_to_json(c)::text as text from challenges c where address = $1',
      [challenge.address],
    )
    expect(JSON.stringify(rows)).not.toContain(codeOf(challenge))
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
}
