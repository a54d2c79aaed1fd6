import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { describe, test } from 'vitest'
import { sleep } from '../harness/until.ts'
import { startSmppPair } from '../providers/smpp-pair.ts'

describe('the window', () => {
  test('is never exceeded by five thousand messages, all of which arrive once', async () => {
    const windowSize = 25
    const { peer, deliver } = await startSmppPair({ windowSize })
    peer.decide(async (_submitted, count) => {
      if (count % 50 === 0) await sleep(2)
      return 0
    })

    const numbers = Array.from({ length: 5_000 }, (_, index) => `+22507${String(index).padStart(8, '0')}`)
    const answers = await Promise.all(numbers.map((to) => deliver({ to })))

    assert.ok(answers.every(({ kind }) => kind === 'accepted'))
    assert.deepEqual(peer.submitted.map(({ to }) => `+${to}`).sort(), numbers)
    assert.ok(peer.unansweredMax() <= windowSize, `${peer.unansweredMax()} at once`)
    assert.ok(peer.unansweredMax() > 1)
  })

  test('keeps the place of a message that was given up, and sends none that waited in vain', async () => {
    const { peer, deliver } = await startSmppPair({ windowSize: 2, responseMilliseconds: 60_000 })
    peer.behave('silent')

    const signal = AbortSignal.timeout(200)
    setMaxListeners(0, signal)
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver({}, signal)))

    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['unknown', 'unknown', 'refused', 'refused', 'refused'],
    )
    assert.equal((await deliver({}, AbortSignal.timeout(100))).kind, 'refused')
    assert.equal(peer.unansweredMax(), 2)
  })

  test('lets no more through than the SMSC takes in a second', async () => {
    const perSecondMax = 20
    const { peer, deliver } = await startSmppPair({ perSecondMax, windowSize: 50 })
    const times: number[] = []
    peer.decide(() => {
      times.push(performance.now())
      return 0
    })

    await Promise.all(Array.from({ length: 50 }, () => deliver()))

    const perSecond = times.map(
      (start) => times.filter((time) => time >= start && time < start + 1_000).length,
    )
    assert.ok(Math.max(...perSecond) <= perSecondMax, String(Math.max(...perSecond)))
  })

  test('closes for a while when the SMSC is throttling', async () => {
    const { peer, deliver } = await startSmppPair({ windowSize: 1 })
    peer.decide((_submitted, count) => (count === 1 ? 0x58 : 0))

    const startedAt = performance.now()
    const answers = await Promise.all([deliver(), deliver()])

    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['refused', 'accepted'],
    )
    assert.ok(performance.now() - startedAt > 900)
  })
})
