import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CountedCaller } from './counted-caller.ts'
import type { ProjectId, WorkspaceId } from './project.ts'
import { newRecipient, type Recipient } from './recipient.ts'
import {
  nothingSent,
  type PastSend,
  sendWaitMilliseconds,
  type UnverifiedSends,
  unverifiedSends,
} from './sends-to-address.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = new Date('2026-01-15T12:00:00.000Z')
const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds)
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)

const keyed = { recipient: newRecipient, caller: null, hasWorked: false }

describe('what nobody has verified', () => {
  const own = { projectId: 'PRJ_one' as ProjectId, workspaceId: 'WSP_one' as WorkspaceId }
  const sent = (minutes: number, more: Partial<PastSend> = {}): PastSend => ({
    ...own,
    at: ago(minutes * minute),
    repeats: 0,
    usedAt: null,
    by: null,
    ...more,
  })
  const two = { ...own, projectId: 'PRJ_two' as ProjectId }
  const three = { projectId: 'PRJ_three' as ProjectId, workspaceId: 'WSP_two' as WorkspaceId }

  test('S1: are the sends after the last success in their project, in order', () => {
    const past = [sent(9), sent(8, { usedAt: ago(5 * minute) }), sent(7), sent(4, { by: 'network' }), sent(2)]
    expect(unverifiedSends(past, own).own).toEqual([
      { at: ago(4 * minute), by: 'network' },
      { at: ago(2 * minute), by: null },
    ])
    expect(unverifiedSends([], own)).toEqual(nothingSent)
  })

  test('S1: a send that was asked for again at once counts as often', () => {
    expect(unverifiedSends([sent(2, { repeats: 2, by: 'network' })], own).own).toEqual(
      new Array(3).fill({ at: ago(2 * minute), by: 'network' }),
    )
  })

  test('S1: the success in one project clears nothing in another', () => {
    const past = [
      sent(9),
      sent(8, two),
      sent(7, { ...two, usedAt: ago(3 * minute) }),
      sent(6, three),
      sent(5, three),
      sent(2, two),
    ]
    expect(unverifiedSends(past, own)).toEqual({
      own: [{ at: ago(9 * minute), by: null }],
      sameWorkspace: 1,
      otherWorkspaces: [2],
    })
  })

  test('S1: a send in the moment of the success is before it', () => {
    const past = [sent(5, { usedAt: ago(2 * minute) }), sent(2)]
    expect(unverifiedSends(past, own)).toEqual(nothingSent)
  })
})

describe('the caps on sends', () => {
  const caps = { perTenMinutes: 5, perDay: 10, perDayEverywhere: 20 }
  const sentMinutesAgo = (...minutes: number[]): UnverifiedSends => ({
    ...nothingSent,
    own: minutes.map((number) => ({ at: ago(number * minute), by: null })),
  })
  const wait = (sends: UnverifiedSends, sameWorkspace = 0): number =>
    sendWaitMilliseconds({ ...sends, sameWorkspace }, keyed, { caps, now })
  const aDayOld = 24 * 60
  const aMillisecond = 1 / minute

  test.each([
    ['nobody was sent anything', [], 0],
    ['four in ten minutes leave room', [4, 3, 2, 1], 0],
    ['five in ten minutes: until the first is ten minutes old', [9, 4, 3, 2, 1], minute],
    ['six: until the second is, for the sixth came of a looser setting', [9, 8, 3, 2, 1, 0], 2 * minute],
    ['the first is ten minutes old', [10, 4, 3, 2, 1], 0],
    ['the first is a millisecond short of it', [10 - aMillisecond, 4, 3, 2, 1], 1],
    ['nine in a day leave room', [900, 800, 700, 600, 500, 400, 300, 200, 100], 0],
    [
      'ten in a day: until the first is a day old',
      [aDayOld - 60, 900, 800, 700, 600, 500, 400, 300, 200, 100],
      hour,
    ],
    ['the first is a day old', [aDayOld, 900, 800, 700, 600, 500, 400, 300, 200, 100], 0],
    [
      'the first is a millisecond short of it',
      [aDayOld - aMillisecond, 900, 800, 700, 600, 500, 400, 300, 200, 100],
      1,
    ],
    ['both caps are reached: the longer wait', [aDayOld - 60, 800, 700, 600, 500, 5, 4, 3, 2, 1], hour],
    ['both caps are reached: the longer wait', [aDayOld - 2, 800, 700, 600, 500, 5, 4, 3, 2, 1], 5 * minute],
  ])('S1: %s (%j minutes ago)', (_, minutes, expected) => {
    expect(wait(sentMinutesAgo(...minutes))).toBe(expected)
  })

  test.each([
    ['fifteen over all projects of a workspace leave room', [300], 14, 0],
    ['sixteen over all its projects: ten minutes', [300], 15, 10 * minute],
    ['sixteen of other projects alone', [], 16, 10 * minute],
    ['what is a day old is not counted with them', [aDayOld], 15, 0],
    ['a longer wait of the address itself stays', [900, 800, 700, 600, 500, 5, 4, 3, 2, 1], 10, 9 * hour],
  ])('S1: %s', (_, minutes, elsewhere, expected) => {
    expect(wait(sentMinutesAgo(...minutes), elsewhere)).toBe(expected)
  })

  test('S1: whoever waits as long as told may send, and a millisecond sooner may not', () => {
    const sends = fc
      .array(fc.integer({ min: 0, max: day - 1 }), { maxLength: 15 })
      .map((ages) => ages.sort((a, b) => b - a).map(ago))
    const cap = fc.integer({ min: 1, max: 8 })
    fc.assert(
      fc.property(sends, cap, cap, (moments, perTenMinutes, perDay) => {
        const sends = { ...nothingSent, own: moments.map((at) => ({ at, by: null })) }
        const tightened = { perTenMinutes, perDay, perDayEverywhere: 1_000 }
        const waits = (at: Date): number => sendWaitMilliseconds(sends, keyed, { caps: tightened, now: at })
        const told = waits(now)
        expect(waits(later(told))).toBe(0)
        if (told > 0) expect(waits(later(told - 1))).toBe(1)
      }),
    )
  })
})

describe('what strangers leave', () => {
  const from = (network: string): CountedCaller => ({ network })
  const [stranger, other, owner] = [from('stranger'), from('other'), from('owner')]
  const proven: Recipient = { ...newRecipient, provenBy: ['owner'] }
  const caps = { perTenMinutes: 5, perDay: 10, perDayEverywhere: 20 }
  const wait = (sends: UnverifiedSends, caller: CountedCaller | null, hasWorked = false): number =>
    sendWaitMilliseconds(sends, { recipient: proven, caller, hasWorked }, { caps, now })
  const sentBy = (...networks: string[]): UnverifiedSends => ({
    ...nothingSent,
    own: networks.map((by) => ({ at: ago(hour), by })),
  })

  /** How many sends each in turn may cause at one moment, until it is refused. */
  const sendsUntilRefused = (callers: (CountedCaller | null | 'worked')[]): number[] => {
    let sends = nothingSent
    return callers.map((one) => {
      const caller = one === 'worked' ? from('third') : one
      for (let sent = 0; ; sent += 1) {
        if (wait(sends, caller, one === 'worked') > 0) return sent
        sends = { ...sends, own: [...sends.own, { at: now, by: caller?.network ?? null }] }
      }
    })
  }

  test.each([
    ['a stranger spends three of five, another one of the rest', [stranger, other], [3, 1]],
    ['of so few even one that has worked leaves the last', [stranger, other, 'worked' as const], [3, 1, 0]],
    ['who has proven the address spends all of it', [owner], [5]],
    ['who has proven it has a send left, whatever strangers spent', [stranger, other, owner], [3, 1, 1]],
    ['a caller with a key spends all of it', [null], [5]],
  ])('S1: of ten minutes %s', (_, callers, expected) => {
    expect(sendsUntilRefused(callers)).toEqual(expected)
  })

  test.each([
    ['one network spends six of a day', ['stranger'], stranger],
    ['all strangers together eight', ['stranger', 'other'], other],
  ])('S1: %s', (_, networks, next) => {
    const max = networks.length === 1 ? 6 : 8
    const spent = Array.from({ length: max }, (_, nth) => networks[nth % networks.length] ?? '')
    const before = (count: number) => sentBy(...spent.slice(0, count))
    expect(wait(before(max - 1), next)).toBe(0)
    expect(wait(before(max), next)).toBe(23 * hour)
    expect(wait(before(max), owner)).toBe(0)
  })

  test('S1: what one tenant sends leaves the first send of another, and the owner', () => {
    const beside = (otherWorkspaces: number, sends = nothingSent) => ({
      ...sends,
      otherWorkspaces: [otherWorkspaces],
    })
    const again = sentBy('other')
    const two = (one: number, other: number) => ({ ...nothingSent, otherWorkspaces: [one, other] })
    expect(wait(two(16, 3), null)).toBe(0)
    expect(wait(two(16, 4), null)).toBe(10 * minute)
    // Whose caps are looser takes no more of this one than the share of a workspace.
    expect(wait(beside(100), null)).toBe(0)
    expect(wait(beside(15, again), null)).toBe(10 * minute)
    expect(wait({ ...again, otherWorkspaces: [16, 2] }, owner)).toBe(0)
    expect(wait(beside(15), stranger)).toBe(0)
    expect(wait(beside(16), stranger)).toBe(10 * minute)
    expect(wait(beside(11, again), stranger)).toBe(10 * minute)
  })
})
