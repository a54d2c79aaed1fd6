import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'vitest'
import { type CarrierAnswer, type RefusalReason, refuse } from '../../src/delivery/carrier.ts'
import { type CircuitBreakers, createCircuitBreakers } from '../../src/delivery/queue/circuit-breakers.ts'
import type { CarrierScope } from '../../src/domain/demotion.ts'
import {
  accepted,
  createMemoryOutbox,
  createTellingCarrier,
  startDispatcher,
} from '../harness/dispatcher-parts.ts'
import { sleep, until } from '../harness/until.ts'

const scope: CarrierScope = { carrier: 'one', channel: 'sms', country: 'CI' }

describe('a circuit breaker', () => {
  let moment: number
  let breakers: CircuitBreakers
  let recipients: number
  beforeEach(() => {
    moment = 0
    recipients = 0
    breakers = createCircuitBreakers({ openMilliseconds: 5_000, now: () => moment })
  })

  const nextRecipient = () => {
    recipients += 1
    return `+22507${String(recipients).padStart(8, '0')}`
  }
  /** Whether the carrier was asked. */
  async function ask(answer: CarrierAnswer, recipient = nextRecipient()): Promise<boolean> {
    const result = await breakers.call(scope, recipient, async () => answer)
    return result.kind !== 'breaker-open'
  }
  const refuseTo = (reason: RefusalReason, recipient?: string) => ask(refuse(reason, 'no'), recipient)
  const state = () => breakers.stateOf(scope)
  async function open() {
    for (let call = 0; call < 5; call += 1) await refuseTo('for-now')
    assert.equal(state(), 'open')
  }

  test.for(['for-good', 'recipient-for-now'] as const)(
    'never opens for what is about recipients: %s',
    async (reason) => {
      for (let call = 0; call < 100; call += 1) await refuseTo(reason)
      assert.equal(state(), 'closed')
    },
  )

  test.for(['for-now', 'unclear-for-now', 'account'] as const)(
    'opens when five recipients were refused: %s',
    async (reason) => {
      for (let call = 0; call < 5; call += 1) await refuseTo(reason)
      assert.equal(state(), 'open')
    },
  )

  test.for(['unclear-for-now', 'account'] as const)(
    'never opens for one recipient, however often a message to it is refused: %s',
    async (reason) => {
      for (let call = 0; call < 100; call += 1) await refuseTo(reason, '+2250701020304')
      assert.equal(state(), 'closed')
    },
  )

  test('that is half-open has no message as its probe that was refused before', async () => {
    const suspects = Array.from({ length: 5 }, nextRecipient)
    for (const suspect of suspects) await refuseTo('unclear-for-now', suspect)
    moment = 5_000
    for (const suspect of suspects) assert.equal(await refuseTo('unclear-for-now', suspect), true)
    assert.equal(await ask(accepted), true)
    assert.equal(state(), 'closed')
  })

  test('is not kept open by others who send to bad recipients', async () => {
    for (let call = 0; call < 5; call += 1) await refuseTo('unclear-for-now')
    moment = 5_000
    for (let call = 0; call < 100; call += 1) assert.equal(await refuseTo('unclear-for-now'), true)
    assert.equal(await ask(accepted), true)
    assert.equal(state(), 'closed')
  })

  test('that is half-open lets one message through, and says how soon another may be', async () => {
    await open()
    assert.deepEqual(await breakers.call(scope, nextRecipient(), async () => accepted), {
      kind: 'breaker-open',
      millisecondsLeft: 5_000,
    })
    moment = 5_000
    let settle = (_: CarrierAnswer) => {}
    const probe = breakers.call(
      scope,
      nextRecipient(),
      () =>
        new Promise((resolve) => {
          settle = resolve
        }),
    )
    assert.equal(state(), 'half-open')
    assert.equal(await ask(accepted), false)
    settle(accepted)
    await probe
    assert.equal(state(), 'closed')
  })

  test('whose probe fails is open for longer each time, up to a minute', async () => {
    await open()
    const waits: number[] = []
    for (let round = 0; round < 6; round += 1) {
      const result = await breakers.call(scope, nextRecipient(), async () => accepted)
      assert.ok(result.kind === 'breaker-open')
      waits.push(result.millisecondsLeft)
      moment += result.millisecondsLeft
      assert.equal(await refuseTo('for-now'), true)
    }
    assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })
})

describe('messages that wait for a circuit breaker', () => {
  test('are not refused by it: they leave at once when the carrier is back, however old they are', async () => {
    const outbox = createMemoryOutbox()
    let isDown = true
    const carrier = createTellingCarrier(() => (isDown ? refuse('for-now', 'down') : accepted))
    const breakers = createCircuitBreakers({ openMilliseconds: 1_500 })
    const dispatcher = startDispatcher([carrier], { outbox, breakers })
    dispatcher.start()
    for (let count = 0; count < 5; count += 1) dispatcher.dispatch(outbox.commit())
    await until(() => breakers.list()[0]?.state === 'open')
    isDown = false

    // Old enough to wait a minute, had the carrier refused them.
    const createdAt = new Date(Date.now() - 120_000)
    const waiting = Array.from({ length: 20 }, () => outbox.commit({ createdAt }, { leaseIsOver: true }))
    const startedAt = Date.now()
    await until(() => waiting.every((challenge) => outbox.stateOf(challenge) === 'accepted'))

    assert.ok(Date.now() - startedAt < 4_000, `${Date.now() - startedAt} ms`)
  })

  test('wait for nobody else: what a carrier refuses to ten recipients delays no eleventh (F1)', async () => {
    const outbox = createMemoryOutbox()
    const bad = new Set<string>()
    const carrier = createTellingCarrier(() => accepted)
    const picky = {
      ...carrier,
      deliver: async (message: Parameters<typeof carrier.deliver>[0], signal: AbortSignal) =>
        bad.has(message.to) ? refuse('recipient-for-now', 'mailbox full') : carrier.deliver(message, signal),
    }
    const dispatcher = startDispatcher([picky], { outbox })
    dispatcher.start()
    for (let count = 0; count < 10; count += 1) {
      const address = `+22507010203${10 + count}` as ReturnType<typeof outbox.commit>['address']
      bad.add(address)
      dispatcher.dispatch(outbox.commit({ address }))
    }
    await sleep(1_500)

    const good = outbox.commit()
    const startedAt = Date.now()
    dispatcher.dispatch(good)
    await until(() => outbox.stateOf(good) === 'accepted')
    assert.ok(Date.now() - startedAt < 500)
  })
})
