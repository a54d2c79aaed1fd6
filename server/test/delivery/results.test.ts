import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { refuse } from '../../src/delivery/carrier.ts'
import type { Outbox } from '../../src/engine/ports/outbox.ts'
import { Unstorable } from '../../src/engine/ports/unstorable.ts'
import {
  accepted,
  createMemoryOutbox,
  createTellingCarrier,
  startDispatcher,
} from '../harness/dispatcher-parts.ts'
import { sleep, until } from '../harness/until.ts'
import { createCatchingCarrier } from '../providers/catching-carrier.ts'

describe('results', () => {
  test('that pile up are stored in few calls', async () => {
    const outbox = createMemoryOutbox()
    const { promise, resolve } = withResolvers()
    outbox.holdRecords(promise)
    const inbox = createCatchingCarrier()
    const { dispatch } = startDispatcher([inbox], { outbox })
    const challenges = Array.from({ length: 200 }, () => outbox.commit())

    for (const challenge of challenges) dispatch(challenge)
    await until(() => inbox.entries().length === 200)
    // The answer to the last of them is on its way to the writer.
    await sleep(20)
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

describe('results', () => {
  test('are not held up by sixty that cannot be stored', async () => {
    const outbox = createMemoryOutbox()
    const poison = Array.from({ length: 60 }, () => outbox.commit())
    const ids = new Set(poison.map(({ id }) => id))
    const record: Outbox['record'] = async (results) => {
      if (results.some(({ challengeId }) => ids.has(challengeId))) throw new Error('invalid row')
      await outbox.record(results)
    }
    const { dispatch } = startDispatcher([createCatchingCarrier()], { outbox: { ...outbox, record } })
    for (const challenge of poison) dispatch(challenge)
    await sleep(1_000)

    const startedAt = performance.now()
    const challenges = Array.from({ length: 5 }, () => outbox.commit())
    for (const challenge of challenges) dispatch(challenge)
    await until(() => challenges.every((challenge) => outbox.stateOf(challenge) === 'accepted'))

    assert.ok(performance.now() - startedAt < 1_000)
  })

  test('whose words cannot be stored are stored without them', async () => {
    const outbox = createMemoryOutbox()
    const record: Outbox['record'] = async (results) => {
      if (results.some(({ carrierMessageId }) => carrierMessageId === 'poison'))
        throw new Unstorable('no value')
      await outbox.record(results)
    }
    const carrier = createTellingCarrier(() => ({ kind: 'accepted', carrierMessageId: 'poison' }))
    const { dispatch } = startDispatcher([carrier], { outbox: { ...outbox, record } })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'accepted')

    assert.deepEqual(
      outbox.resultsOf(challenge).map(({ carrierMessageId }) => carrierMessageId),
      [null],
    )
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
    const carrier = createTellingCarrier(() => refuse('for-now', 'busy'))
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
      return refuse('for-now', 'busy')
    })
    const dispatcher = startDispatcher([carrier], { outbox })
    dispatcher.start()
    const challenge = outbox.commit()

    assert.equal(await dispatcher.dispatchAndWait(challenge, 50), 'pending')
    await until(() => outbox.stateOf(challenge) === 'accepted')
  })
})

function withResolvers() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
