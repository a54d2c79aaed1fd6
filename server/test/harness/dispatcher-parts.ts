import assert from 'node:assert/strict'
import { onTestFinished } from 'vitest'
import type { Carrier, CarrierAnswer } from '../../src/delivery/carrier.ts'
import { createCarrier } from '../../src/delivery/protocols/create-carrier.ts'
import { createDispatcher, type DispatcherParts } from '../../src/delivery/queue/dispatcher.ts'
import { createRoutes } from '../../src/delivery/queue/routes.ts'
import { createProjectTemplates } from '../../src/delivery/texts/project-templates.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { leaseSeconds } from '../../src/engine/ports/lease.ts'
import type { DeliveryResult, Outbox } from '../../src/engine/ports/outbox.ts'
import { sampleChallenge } from './sample-challenge.ts'

/** An outbox in memory that behaves like that of storage. `aheadMilliseconds` is how far its clock is ahead of ours. */
export function createMemoryOutbox({ aheadMilliseconds = 0 } = {}) {
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
    async wake(challenges) {
      if (isAway) throw new Error('database away')
      for (const { challengeId, retryAt } of challenges) {
        const row = rows.get(challengeId)
        if (row?.leasedUntil.getTime() === retryAt.getTime()) row.leasedUntil = new Date(now().getTime() - 1)
      }
    },
  }
  return {
    ...outbox,
    results,
    batches,
    now,
    /** Commits a challenge under this node's lease, or under one that has expired. */
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

/** A carrier with given answers, which remembers its messages. */
export function createTellingCarrier(
  answer: (signal: AbortSignal) => CarrierAnswer | Promise<CarrierAnswer>,
  { name = 'telling', concurrencyMax = 1000 } = {},
) {
  const asked: string[] = []
  let inside = 0
  let insideMax = 0
  const carrier = createCarrier({
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
  })
  return { ...carrier, asked, insideMax: () => insideMax }
}

export const accepted: CarrierAnswer = { kind: 'accepted', carrierMessageId: 'm1' }
/** A slow carrier: it answers when its caller gives up. */
export const untilAborted = (signal: AbortSignal, answer: CarrierAnswer) =>
  new Promise<CarrierAnswer>((resolve) =>
    signal.addEventListener('abort', () => resolve(answer), { once: true }),
  )

/** Starts a dispatcher with short intervals over these carriers, and collects its log. It stops with its test. */
export function startDispatcher(
  carriers: Carrier[],
  parts: Partial<DispatcherParts> & Pick<DispatcherParts, 'outbox'>,
) {
  const logged: string[] = []
  const write = (details: object, event: string) => void logged.push(`${event} ${JSON.stringify(details)}`)
  const dispatcher = createDispatcher({
    routes: createRoutes({ sms: carriers }),
    loadTemplates: async () => createProjectTemplates({ name: 'Acme', settings: defaultProjectSettings }, []),
    revealCode: () => new Secret('012345'),
    log: { debug: write, info: write, warn: write, error: write },
    attemptMilliseconds: 300,
    unknownPauseMilliseconds: 200,
    pollMilliseconds: 50,
    drainMilliseconds: 500,
    ...parts,
  })
  onTestFinished(dispatcher.stop)
  return { ...dispatcher, logged }
}
