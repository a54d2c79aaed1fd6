import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { type AlikeEvents, chanceOfRow, eventsPerRowMax, gatherAlike } from './alike-events.ts'

const challenge = (number: number) => number.toString(16).padStart(24, '0') as ChallengeId
const scope = 'PRJ_a' as ProjectId

const verified = (number: number, more: { accountId?: AccountId; scope?: ProjectId } = {}): NewEvent => ({
  scope,
  type: 'challenge.verified',
  challengeId: challenge(number),
  details: { purpose: 'service' },
  ...more,
})
const missed = (number: number, refusal = 'mismatch'): NewEvent => ({
  scope,
  type: 'challenge.attempt-failed',
  challengeId: challenge(number),
  details: { purpose: 'service', refusal },
})
const locked = (number: number): NewEvent => ({
  scope,
  type: 'challenge.locked',
  challengeId: challenge(number),
  details: { purpose: 'service' },
})

/** The events of rows, as they are read. */
const spread = (rows: AlikeEvents[]): NewEvent[] =>
  rows.flatMap(({ event, challengeIds, accountIds }) =>
    challengeIds.length === 0
      ? [event]
      : challengeIds.map((challengeId, place) => ({
          ...event,
          challengeId,
          accountId: accountIds[place] ?? null,
        })),
  )

const sizes = (events: NewEvent[]) => gatherAlike(events).map(({ challengeIds }) => challengeIds.length)

test('what differs in nothing but challenge and account shares a row', () => {
  const account = 7 as AccountId
  expect(gatherAlike([verified(1), verified(2, { accountId: account }), verified(3)])).toEqual([
    {
      event: verified(1),
      challengeIds: [challenge(1), challenge(2), challenge(3)],
      accountIds: [null, account, null],
    },
  ])
})

test('another project, type or detail is another row, also where they come by turns', () => {
  const other = 'PRJ_b' as ProjectId
  expect(
    sizes([verified(1), verified(2, { scope: other }), verified(3), verified(4, { scope: other })]),
  ).toEqual([2, 2])
  expect(sizes([missed(1), missed(2, 'expired'), missed(3), missed(4, 'expired')])).toEqual([2, 2])
  expect(sizes([verified(1), missed(2), verified(3)])).toEqual([2, 1])
})

test('an event without a challenge, or with an address, has a row of its own', () => {
  const removed: NewEvent = { scope, type: 'account.removed', accountId: 1 as AccountId, details: {} }
  const addressed = { ...verified(1), address: 'ada@example.test' }
  expect(sizes([removed, removed, addressed, addressed])).toEqual([0, 0, 0, 0])
})

test('a row ends at sixty-four events', () => {
  const events = Array.from({ length: 2 * eventsPerRowMax + 1 }, (_, number) => verified(number))
  expect(sizes(events)).toEqual([eventsPerRowMax, eventsPerRowMax, 1])
})

test('what follows from an event is in a later row, although a row of its kind exists already', () => {
  const rows = gatherAlike([missed(1), locked(1), missed(2, 'expired'), locked(2), missed(3), locked(3)])
  expect(rows.map(({ event, challengeIds }) => [event.type, challengeIds])).toEqual([
    ['challenge.attempt-failed', [challenge(1), challenge(3)]],
    ['challenge.locked', [challenge(1)]],
    ['challenge.attempt-failed', [challenge(2)]],
    ['challenge.locked', [challenge(2), challenge(3)]],
  ])
})

test('I10: no event is lost or doubled, and those of one challenge keep their order', () => {
  const requests = fc.array(fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }), { maxLength: 200 })
  const kinds = [verified, missed, locked, (number: number) => missed(number, 'expired'), verified]
  fc.assert(
    fc.property(requests, (batch) => {
      const events = batch.flatMap((kindsOfOne, number) =>
        kindsOfOne.map((kind) => ({ accountId: null, ...(kinds[kind] ?? verified)(number) }) as NewEvent),
      )
      const read = spread(gatherAlike(events))
      expect(read).toHaveLength(events.length)
      for (const number of batch.keys()) {
        const ofOne = (list: NewEvent[]) =>
          list.filter(({ challengeId }) => challengeId === challenge(number))
        expect(ofOne(read)).toEqual(ofOne(events))
      }
    }),
  )
})

test('I10: the events of no two rows of a transaction share an id, whatever chance has drawn', () => {
  const drawn = fc.oneof(
    fc.nat(2 ** 48 - 1),
    fc.constantFrom(0, 63, 64, 2 ** 48 - 1, 2 ** 48 - 64, 2 ** 48 - 65),
  )
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 600 }), (number, rows) => {
      const starts = Array.from({ length: rows }, (_, index) => chanceOfRow(number, index))
      expect(starts.filter((start) => !/^[0-9a-f]{12}$/.test(start))).toEqual([])
      // The last six bits number the events of a row, so rows are apart where they differ in another bit.
      expect(starts.filter((start) => Number.parseInt(start.slice(-2), 16) % eventsPerRowMax !== 0)).toEqual(
        [],
      )
      expect(new Set(starts).size).toBe(rows)
    }),
  )
})
