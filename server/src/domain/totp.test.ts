import { describe, expect, test } from 'vitest'
import { renderBase32 } from './base32.ts'
import { Secret } from './secret.ts'
import { judgeTotp, type TotpState, totpAt, totpStep } from './totp.ts'

/** The secret of RFC 6238 appendix B, whose codes have eight digits; ours are their last six. */
const key = Buffer.from('12345678901234567890')
const vectors = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const

test.each(vectors)('at %i seconds the code is that of RFC 6238', (seconds, code) => {
  expect(totpAt(key, totpStep(new Date(seconds * 1000))).reveal()).toBe(code.slice(2))
})

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('%j in base32 is that of RFC 4648, without padding', (text, encoded) => {
  expect(renderBase32(Buffer.from(text))).toBe(encoded)
})

describe('a code', () => {
  const now = new Date('2030-01-31T08:00:15Z')
  const fresh: TotpState = { lastStep: 0, failuresInRow: 0, lockedUntil: null }
  const at = (offset: number, state = fresh) =>
    judgeTotp(state, { key, code: totpAt(key, totpStep(now) + offset), now })
  const wrong = (state: TotpState, moment = now) => {
    const near = [-1, 0, 1].map((offset) => totpAt(key, totpStep(moment) + offset).reveal())
    const code = new Secret(
      ['000000', '000001', '000002', '000003'].find((text) => !near.includes(text)) ?? '',
    )
    return judgeTotp(state, { key, code, now: moment })
  }

  test.each([-1, 0, 1])('of step %i is right', (offset) => expect(at(offset).ok).toBe(true))
  test.each([-2, 2])('of step %i is wrong', (offset) => expect(at(offset).ok).toBe(false))

  test('of the step that was used, or of an earlier one, is wrong', () => {
    const { next } = at(0)
    expect([at(0, next).ok, at(-1, next).ok, at(1, next).ok]).toEqual([false, false, true])
  })

  test('is refused for a while after five wrong ones in a row, though it is right, and longer the next time', () => {
    let state = fresh
    for (let count = 0; count < 5; count += 1) state = wrong(state).next
    expect(state.lockedUntil).toEqual(new Date(now.getTime() + 900_000))
    expect(at(0, state)).toMatchObject({ ok: false, refusal: 'locked', retryAfterSeconds: 900, next: state })
    const later = new Date(now.getTime() + 900_000)
    for (let count = 0; count < 5; count += 1) state = wrong(state, later).next
    expect(state.lockedUntil).toEqual(new Date(later.getTime() + 1_800_000))
  })

  test('that is right forgets the wrong ones before it', () => {
    const { next } = at(0, wrong(fresh).next)
    expect(next).toMatchObject({ failuresInRow: 0, lockedUntil: null })
  })
})
