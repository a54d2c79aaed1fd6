import { expect, test } from 'vitest'
import type { Project } from '../../src/domain/project.ts'
import { createOutbox } from '../../src/storage/stores/outbox.ts'
import { codeOf, mail, type StorageWorld } from '../harness/storage-world.ts'

const minute = 60_000

/** The storage contract for sends, and for the caps on them. */
export function sendsContract(world: StorageWorld): void {
  const { makeProject, sendTo, mustSend, check } = world

  test('S1: five unverified sends in ten minutes, ten in a day, and a success clears them', async () => {
    const project = await makeProject()
    const address = mail()
    for (let sent = 0; sent < 5; sent += 1) await mustSend(project, address)
    const refused = await sendTo(project, address)
    expect(refused).toMatchObject({ ok: false, refusal: 'too-many-sends' })
    await world.db.moveClock(10 * minute)
    for (let sent = 0; sent < 4; sent += 1) await mustSend(project, address)
    const tenth = await mustSend(project, address)
    await world.db.moveClock(11 * minute)
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
    const outbox = createOutbox(world.db.database)
    await outbox.record([failed])
    await outbox.record([failed])
    const [quota] = await world.db.query<{ tokens_used: string }>(
      'select tokens_used from quotas where project_id = $1',
      [project.id],
    )
    expect(Number(quota?.tokens_used)).toBe(0)
  })

  test('S6: a refused send leaves no row behind', async () => {
    const project = await makeProject({}, 0)
    const address = mail()
    expect(await sendTo(project, address)).toMatchObject({ ok: false, refusal: 'out-of-tokens' })
    expect(await world.db.query('select 1 from challenges where address = $1', [address])).toEqual([])
    expect(await world.db.query('select 1 from recipients where address = $1', [address])).toEqual([])
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
    await world.db.moveClock(minute)
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
    expect(await world.db.query('select 1 from challenges where address = $1', [address])).toHaveLength(1)
    const otherBody = await sendTo(project, address, { idempotency: { key: 'order-1', bodyDigest: 'b' } })
    expect(otherBody).toMatchObject({ ok: false, refusal: 'idempotency-mismatch' })
  })
}
