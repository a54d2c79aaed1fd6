import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'vitest'
import { type Carrier, type CarrierAnswer, refuseForGood, refuseForNow } from '../src/delivery/carrier.ts'
import { createDispatcher, type DispatcherParts } from '../src/delivery/dispatcher.ts'
import { createRoutes } from '../src/delivery/routes.ts'
import { createWording } from '../src/delivery/texts/project-wording.ts'
import type { Challenge } from '../src/domain/challenge.ts'
import { defaultProjectSettings } from '../src/domain/project.ts'
import { Secret } from '../src/domain/secret.ts'
import { leaseSeconds } from '../src/engine/lease.ts'
import type { DeliveryResult, Outbox } from '../src/engine/ports.ts'
import { createCatchingCarrier } from './catching-carrier.ts'
import { sampleChallenge } from './sample-challenge.ts'
import { sleep, until } from './until.ts'

/** The outbox as storage keeps it, without the disk. `ahead` is how far its clock differs from ours. */
function createMemoryOutbox({ aheadMilliseconds = 0 } = {}) {
  const rows = new Map<string, { challenge: Challenge; leasedUntil: Date }>()
  const results: DeliveryResult[] = []
  const batches: number[] = []
  const now = () => new Date(Date.now() + aheadMilliseconds)
  let isAway = false
  let awaitBeforeRecord = Promise.resolve()

  const outbox: Outbox = {
    async claim(max) {
      if (isAway) throw new Error('database away')
      const due = [...rows.values()]
        .filter(({ challenge, leasedUntil }) => challenge.deliveryState === 'queued' && leasedUntil < now())
        .slice(0, max)
      for (const row of due) row.leasedUntil = new Date(now().getTime() + leaseSeconds * 1000)
      return { now: now(), challenges: due.map(({ challenge }) => ({ ...challenge })) }
    },
    async record(batch) {
      await awaitBeforeRecord
      if (isAway) throw new Error('database away')
      assert.equal(new Set(batch.map(({ challengeId }) => challengeId)).size, batch.length)
      batches.push(batch.length)
      results.push(...batch)
      for (const { challengeId, next } of batch) {
        const row = rows.get(challengeId)
        if (row === undefined) continue
        row.challenge.deliveryState = next.state
        if (next.state === 'queued') row.leasedUntil = next.retryAt
      }
    },
  }
  return {
    ...outbox,
    results,
    batches,
    now,
    /** Commits a challenge under this node's lease, or under one that has run out. */
    commit(changes: Partial<Challenge> = {}, { leaseIsOver = false } = {}) {
      const challenge = sampleChallenge({ createdAt: now(), ...changes })
      const leasedUntil = new Date(now().getTime() + (leaseIsOver ? -1 : leaseSeconds * 1000))
      rows.set(challenge.id, { challenge: { ...challenge }, leasedUntil })
      return challenge
    },
    stateOf: ({ id }: Challenge) => rows.get(id)?.challenge.deliveryState,
    resultsOf: ({ id }: Challenge) => results.filter(({ challengeId }) => challengeId === id),
    goAway: () => {
      isAway = true
    },
    comeBack: () => {
      isAway = false
    },
    holdRecords(promise: Promise<void>) {
      awaitBeforeRecord = promise
    },
  }
}

/** A carrier that answers what it is told to, and remembers whom it was asked for. */
function createTellingCarrier(
  answer: (signal: AbortSignal) => CarrierAnswer | Promise<CarrierAnswer>,
  { name = 'telling', concurrencyMax = 1000 } = {},
) {
  const asked: string[] = []
  let inside = 0
  let insideMax = 0
  const carrier: Carrier = {
    name,
    channels: ['sms', 'email', 'whatsapp'],
    concurrencyMax,
    async deliver(message, signal) {
      asked.push(message.code?.reveal() ?? '')
      inside += 1
      insideMax = Math.max(insideMax, inside)
      try {
        return await answer(signal)
      } finally {
        inside -= 1
      }
    },
  }
  return { ...carrier, asked, insideMax: () => insideMax }
}

const accepted: CarrierAnswer = { kind: 'accepted', carrierMessageId: 'm1' }
const untilAborted = (signal: AbortSignal, answer: CarrierAnswer) =>
  new Promise<CarrierAnswer>((resolve) =>
    signal.addEventListener('abort', () => resolve(answer), { once: true }),
  )

const stopping: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stopping.splice(0).map((stop) => stop()))
})

function startDispatcher(
  carriers: Carrier[],
  parts: Partial<DispatcherParts> & Pick<DispatcherParts, 'outbox'>,
) {
  const logged: string[] = []
  const write = (details: object, event: string) => void logged.push(`${event} ${JSON.stringify(details)}`)
  const dispatcher = createDispatcher({
    routes: createRoutes({ sms: carriers }),
    loadWording: async () => createWording({ name: 'Acme', settings: defaultProjectSettings }, []),
    revealCode: () => new Secret('012345'),
    log: { debug: write, info: write, warn: write, error: write },
    tryMilliseconds: 300,
    unknownPauseMilliseconds: 200,
    pollMilliseconds: 50,
    drainMilliseconds: 500,
    ...parts,
  })
  stopping.push(dispatcher.stop)
  return { ...dispatcher, logged }
}

describe('the dispatcher', () => {
  test('delivers what is dispatched and stores who took it', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const { dispatch } = startDispatcher([inbox], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    assert.equal(inbox.entries()[0]?.code, '012345')
    const [result] = outbox.resultsOf(challenge)
    assert.equal(result?.carrier, 'inbox')
    assert.equal(result?.outcome, 'accepted')
  })

  test('never dispatches a decoy, nor what needs no delivery', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const { dispatch, dispatchAndWait } = startDispatcher([inbox], { outbox })

    dispatch(outbox.commit({ content: 'decoy' }))
    dispatch(outbox.commit({ deliveryState: 'none' }))
    const dropped = await dispatchAndWait(outbox.commit({ deliveryState: 'accepted' }), 100)
    await sleep(50)

    assert.equal(dropped, 'accepted')
    assert.equal(inbox.entries().length, 0)
  })

  test('a refusal by the first carrier is made good by the second at once', async () => {
    const outbox = createMemoryOutbox()
    const first = createTellingCarrier(() => refuseForNow('busy'), { name: 'first' })
    const second = createTellingCarrier(() => accepted, { name: 'second' })
    const { dispatch } = startDispatcher([first, second], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    assert.deepEqual(
      outbox.resultsOf(challenge).map(({ carrier, outcome, next }) => [carrier, outcome, next.state]),
      [
        ['first', 'refused', 'queued'],
        ['second', 'accepted', 'accepted'],
      ],
    )
  })

  test('what all carriers refuse for good has failed', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => refuseForGood('no such number'))
    const { dispatch } = startDispatcher([carrier, carrier], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'failed')

    assert.equal(carrier.asked.length, 2)
  })

  test('a channel that no carrier serves fails, and says so', async () => {
    const outbox = createMemoryOutbox()
    const { dispatch } = startDispatcher([], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'failed')

    assert.match(outbox.resultsOf(challenge)[0]?.detail ?? '', /No carrier serves sms/)
  })

  test('what is refused for now is tried again with the same code until it is accepted', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => (carrier.asked.length < 2 ? refuseForNow('busy') : accepted))
    const dispatcher = startDispatcher([carrier], { outbox })
    dispatcher.start()
    const challenge = outbox.commit()

    dispatcher.dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    assert.deepEqual(carrier.asked, ['012345', '012345'])
  })

  test('a carrier that throws is a refusal for now', async () => {
    const outbox = createMemoryOutbox()
    const broken = createTellingCarrier(() => {
      throw new Error('cannot read 012345 of undefined')
    })
    const { dispatch } = startDispatcher([broken, createCatchingCarrier()], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    assert.equal(outbox.resultsOf(challenge)[0]?.detail, 'fault: cannot read [removed] of undefined')
  })

  test('a slow carrier is cut off, and what may yet arrive is not doubled at once', async () => {
    const outbox = createMemoryOutbox()
    const slow = createTellingCarrier((signal) => untilAborted(signal, { kind: 'unknown', detail: 'silent' }))
    const inbox = createCatchingCarrier()
    const { dispatch } = startDispatcher([slow, inbox], { outbox, tryMilliseconds: 100 })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    const [first, second] = outbox.resultsOf(challenge)
    assert.equal(first?.outcome, 'unknown')
    assert.ok(second !== undefined && first !== undefined)
    assert.ok(second.startedAt.getTime() - first.finishedAt.getTime() >= 190)
  })

  test('a carrier that does not even stop does not hold up the message', async () => {
    const outbox = createMemoryOutbox()
    const stuck = createTellingCarrier(() => new Promise(() => {}))
    const { dispatch } = startDispatcher([stuck, createCatchingCarrier()], { outbox, tryMilliseconds: 50 })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')
  })

  test('takes over challenges whose lease ran out, and only those', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const orphan = outbox.commit({}, { leaseIsOver: true })
    const elsewhere = outbox.commit()

    startDispatcher([inbox], { outbox }).start()
    await until(() => outbox.stateOf(orphan) === 'accepted')

    assert.equal(outbox.stateOf(elsewhere), 'queued')
    assert.deepEqual(
      inbox.entries().map(({ id }) => id),
      [orphan.id],
    )
  })

  test('a code that was used meanwhile is not sent again', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const used = outbox.commit({ usedAt: new Date() }, { leaseIsOver: true })

    startDispatcher([inbox], { outbox }).start()
    await until(() => outbox.stateOf(used) === 'accepted')

    assert.equal(inbox.entries().length, 0)
  })

  test('asks a carrier for no more at once than it takes', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => sleep(2).then(() => accepted), { concurrencyMax: 7 })
    const { dispatch } = startDispatcher([carrier], { outbox })
    const challenges = Array.from({ length: 200 }, () => outbox.commit())

    for (const challenge of challenges) dispatch(challenge)
    await until(() => challenges.every((challenge) => outbox.stateOf(challenge) === 'accepted'))

    assert.equal(carrier.insideMax(), 7)
    assert.equal(carrier.asked.length, 200)
  })

  test('logs ids and masked addresses, never a code or an address (C2)', async () => {
    const outbox = createMemoryOutbox()
    const refusing = createTellingCarrier(() => refuseForNow('no 012345 for +2250701020304'))
    const { dispatch, logged } = startDispatcher([refusing, createCatchingCarrier()], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    const everything = logged.join('\n') + JSON.stringify(outbox.results)
    assert.match(everything, /delivery\.refused/)
    assert.match(everything, new RegExp(challenge.id))
    assert.doesNotMatch(everything, /012345|0701020304/)
  })
})

describe('a code that expires (I4)', () => {
  test('is never sent, and is recorded', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const createdAt = new Date(outbox.now().getTime() - 300_001)
    const late = outbox.commit({ createdAt }, { leaseIsOver: true })

    startDispatcher([inbox], { outbox }).start()
    await until(() => outbox.stateOf(late) === 'expired')

    assert.equal(inbox.entries().length, 0)
  })

  test('is not tried again when it would be too late then', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => refuseForNow('come back later', 600))
    const { dispatch } = startDispatcher([carrier], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'expired')
  })

  test('ends a try that is under way', async () => {
    const outbox = createMemoryOutbox()
    const slow = createTellingCarrier((signal) => untilAborted(signal, refuseForNow('stopped')))
    const { dispatch } = startDispatcher([slow, createCatchingCarrier()], { outbox, tryMilliseconds: 5_000 })
    const challenge = outbox.commit({ expiresAt: new Date(Date.now() + 150) })

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'expired')

    // Long before the five seconds that the try itself may take.
    assert.ok(Date.now() - challenge.createdAt.getTime() < 4_000)
  })

  test.for([-600_000, 600_000])(
    'is judged by the database alone: ours may be wrong by %i ms (V10)',
    async (aheadMilliseconds) => {
      const outbox = createMemoryOutbox({ aheadMilliseconds })
      const inbox = createCatchingCarrier()
      const createdAt = new Date(outbox.now().getTime() - 300_001)
      const late = outbox.commit({ createdAt }, { leaseIsOver: true })
      const orphan = outbox.commit({}, { leaseIsOver: true })
      const dispatcher = startDispatcher([inbox], { outbox })
      dispatcher.start()
      const fresh = outbox.commit()

      dispatcher.dispatch(fresh)
      await until(() => outbox.stateOf(fresh) === 'accepted' && outbox.stateOf(orphan) === 'accepted')
      await until(() => outbox.stateOf(late) === 'expired')

      assert.equal(inbox.entries().length, 2)
    },
  )
})

describe('results', () => {
  test('that pile up are stored in few calls', async () => {
    const outbox = createMemoryOutbox()
    const { promise, resolve } = withResolvers()
    outbox.holdRecords(promise)
    const { dispatch } = startDispatcher([createCatchingCarrier()], { outbox })
    const challenges = Array.from({ length: 200 }, () => outbox.commit())

    for (const challenge of challenges) dispatch(challenge)
    await sleep(100)
    resolve()
    await until(() => challenges.every((challenge) => outbox.stateOf(challenge) === 'accepted'))

    assert.ok(outbox.batches.length <= 3, `${outbox.batches}`)
  })

  test('outlast a database that is away, and nothing is sent twice meanwhile', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const dispatcher = startDispatcher([inbox], { outbox })
    dispatcher.start()
    const challenges = Array.from({ length: 20 }, () => outbox.commit())
    outbox.goAway()

    for (const challenge of challenges) dispatcher.dispatch(challenge)
    await sleep(500)
    outbox.comeBack()
    await until(() => challenges.every((challenge) => outbox.stateOf(challenge) === 'accepted'))

    assert.equal(inbox.entries().length, 20)
  })

  test('are not held up by one that cannot be stored', async () => {
    const outbox = createMemoryOutbox()
    const poison = outbox.commit()
    const record: Outbox['record'] = async (results) => {
      if (results.some(({ challengeId }) => challengeId === poison.id)) throw new Error('invalid row')
      await outbox.record(results)
    }
    const { dispatch } = startDispatcher([createCatchingCarrier()], { outbox: { ...outbox, record } })
    const challenges = Array.from({ length: 5 }, () => outbox.commit())

    dispatch(poison)
    for (const challenge of challenges) dispatch(challenge)

    await until(() => challenges.every((challenge) => outbox.stateOf(challenge) === 'accepted'))
  })
})

describe('whoever waits', () => {
  test('is told that it was accepted', async () => {
    const outbox = createMemoryOutbox()
    const { dispatchAndWait } = startDispatcher([createCatchingCarrier()], { outbox })
    assert.equal(await dispatchAndWait(outbox.commit(), 1_000), 'accepted')
  })

  test('is told that it failed when all refuse once, though only for now', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => refuseForNow('busy'))
    const dispatcher = startDispatcher([carrier, carrier], { outbox })
    dispatcher.start()
    const challenge = outbox.commit()

    assert.equal(await dispatcher.dispatchAndWait(challenge, 1_000), 'failed')

    assert.equal(outbox.stateOf(challenge), 'failed')
    await sleep(1_500)
    assert.equal(carrier.asked.length, 2, 'It is not tried again.')
  })

  test('is told that it failed when no carrier serves the channel', async () => {
    const outbox = createMemoryOutbox()
    const { dispatchAndWait } = startDispatcher([], { outbox })
    assert.equal(await dispatchAndWait(outbox.commit(), 1_000), 'failed')
  })

  test('is told "pending" when the time is over, and the tries go on', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(async () => {
      if (carrier.asked.length > 1) return accepted
      await sleep(200)
      return refuseForNow('busy')
    })
    const dispatcher = startDispatcher([carrier], { outbox })
    dispatcher.start()
    const challenge = outbox.commit()

    assert.equal(await dispatcher.dispatchAndWait(challenge, 50), 'pending')
    await until(() => outbox.stateOf(challenge) === 'accepted')
  })
})

describe('stopping', () => {
  test('waits for what is under way and takes nothing more', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => sleep(100).then(() => accepted))
    const dispatcher = startDispatcher([carrier], { outbox })
    const before = outbox.commit()
    const after = outbox.commit()

    dispatcher.dispatch(before)
    const stopped = dispatcher.stop()
    dispatcher.dispatch(after)
    await stopped

    assert.equal(outbox.stateOf(before), 'accepted')
    assert.equal(outbox.stateOf(after), 'queued', 'Its lease runs out, and another node claims it.')
  })

  test('cuts off what takes too long, and leaves it to others', async () => {
    const outbox = createMemoryOutbox()
    const slow = createTellingCarrier((signal) => untilAborted(signal, refuseForNow('stopped')))
    const parts = { outbox, tryMilliseconds: 20_000, drainMilliseconds: 100 }
    const dispatcher = startDispatcher([slow], parts)
    const challenge = outbox.commit()

    dispatcher.dispatch(challenge)
    await sleep(20)
    const startedAt = Date.now()
    await dispatcher.stop()

    // Long before the twenty seconds that the try itself may take.
    assert.ok(Date.now() - startedAt < 10_000)
    assert.equal(outbox.stateOf(challenge), 'queued')
  })

  test('holds no more in memory than it should: the rest waits in the database', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const { dispatch } = startDispatcher([inbox], { outbox, heldMax: 10 })
    const challenges = Array.from({ length: 30 }, () => outbox.commit())

    for (const challenge of challenges) dispatch(challenge)
    await sleep(50)

    assert.equal(inbox.entries().length, 10)
  })
})

test('fifteen thousand at once all arrive', async () => {
  const outbox = createMemoryOutbox()
  const inbox = createCatchingCarrier()
  const { dispatch } = startDispatcher([inbox], { outbox, drainMilliseconds: 10_000 })
  const challenges = Array.from({ length: 15_000 }, () => outbox.commit())

  for (const challenge of challenges) dispatch(challenge)

  await until(() => challenges.every((challenge) => outbox.stateOf(challenge) === 'accepted'), 20_000)
})

function withResolvers() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
