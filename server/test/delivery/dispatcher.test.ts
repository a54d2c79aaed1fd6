import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { refuse } from '../../src/delivery/carrier.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import {
  accepted,
  createMemoryOutbox,
  createTellingCarrier,
  startDispatcher,
  untilAborted,
} from '../harness/dispatcher-parts.ts'
import { sleep, until } from '../harness/until.ts'
import { createCatchingCarrier } from '../providers/catching-carrier.ts'

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
    const first = createTellingCarrier(() => refuse('for-now', 'busy'), { name: 'first' })
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
    const carrier = createTellingCarrier(() => refuse('for-good', 'no such number'))
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
    const carrier = createTellingCarrier(() =>
      carrier.asked.length < 2 ? refuse('for-now', 'busy') : accepted,
    )
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
    const { dispatch } = startDispatcher([slow, inbox], { outbox, attemptMilliseconds: 100 })
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
    const { dispatch } = startDispatcher([stuck, createCatchingCarrier()], {
      outbox,
      attemptMilliseconds: 50,
    })
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

  test('K3: a burst of one project does not make the message of another wait for all of it', async () => {
    const outbox = createMemoryOutbox()
    const carrier = createTellingCarrier(() => sleep(20).then(() => accepted), { concurrencyMax: 2 })
    const { dispatch } = startDispatcher([carrier], { outbox })
    const burst = Array.from({ length: 300 }, () => outbox.commit({ projectId: 'busy' as ProjectId }))
    for (const challenge of burst) dispatch(challenge)
    await sleep(50)

    for (let turn = 0; turn < 5; turn += 1) {
      const quiet = outbox.commit({ projectId: 'quiet' as ProjectId })
      const startedAt = Date.now()
      dispatch(quiet)
      await until(() => outbox.stateOf(quiet) === 'accepted')
      assert.ok(Date.now() - startedAt < 500, `${Date.now() - startedAt} ms`)
    }
    assert.ok(burst.filter((challenge) => outbox.stateOf(challenge) === 'queued').length > 100)
  })

  test('logs ids and masked addresses, never a code or an address (C2)', async () => {
    const outbox = createMemoryOutbox()
    const refusing = createTellingCarrier(() => refuse('for-now', 'no 012345 for +2250701020304'))
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
    const carrier = createTellingCarrier(() => refuse('for-now', 'come back later', 600))
    const { dispatch } = startDispatcher([carrier], { outbox })
    const challenge = outbox.commit()

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'expired')
  })

  test('ends a try that is under way', async () => {
    const outbox = createMemoryOutbox()
    const slow = createTellingCarrier((signal) => untilAborted(signal, refuse('for-now', 'stopped')))
    const { dispatch } = startDispatcher([slow, createCatchingCarrier()], {
      outbox,
      attemptMilliseconds: 5_000,
    })
    const challenge = outbox.commit({ expiresAt: new Date(Date.now() + 150) })

    dispatch(challenge)
    await until(() => outbox.stateOf(challenge) === 'expired')

    // Long before the five seconds that the attempt itself may take.
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
