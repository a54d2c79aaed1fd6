import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { refuse } from '../../src/delivery/carrier.ts'
import {
  accepted,
  createMemoryOutbox,
  createTellingCarrier,
  startDispatcher,
  untilAborted,
} from '../harness/dispatcher-parts.ts'
import { sleep, until } from '../harness/until.ts'
import { createCatchingCarrier } from '../providers/catching-carrier.ts'

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
    const slow = createTellingCarrier((signal) => untilAborted(signal, refuse('for-now', 'stopped')))
    const parts = { outbox, attemptMilliseconds: 20_000, drainMilliseconds: 100 }
    const dispatcher = startDispatcher([slow], parts)
    const challenge = outbox.commit()

    dispatcher.dispatch(challenge)
    await sleep(20)
    const startedAt = Date.now()
    await dispatcher.stop()

    // Long before the twenty seconds that the attempt itself may take.
    assert.ok(Date.now() - startedAt < 10_000)
    assert.equal(outbox.stateOf(challenge), 'queued')
  })

  test('ends while results cannot be stored, and nothing is tried afterwards', async () => {
    const outbox = createMemoryOutbox()
    let calls = 0
    const record = async () => {
      calls += 1
      throw new Error('database away')
    }
    const { dispatch, stop } = startDispatcher([createCatchingCarrier()], { outbox: { ...outbox, record } })
    dispatch(outbox.commit())
    await until(() => calls > 2)
    await stop()

    const before = calls
    // Longer than the longest pause between two attempts.
    await sleep(2_500)
    assert.equal(calls, before)
  })

  test('holds no more in memory than it should: the rest waits in the database', async () => {
    const outbox = createMemoryOutbox()
    const inbox = createCatchingCarrier()
    const { dispatch } = startDispatcher([inbox], { outbox, inFlightMax: 10 })
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
