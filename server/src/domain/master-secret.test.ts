import { describe, expect, test } from 'vitest'
import { judgeSecret } from './master-secret.ts'

describe('the master secret of a database', () => {
  test('is that of the first node', () => {
    const judgement = judgeSecret({ current: null, previous: null }, { current: 'a', previous: null })
    expect(judgement).toEqual({ isKnown: true, next: { current: 'a', previous: null } })
  })

  test('lets no node in with another one', () => {
    const stored = { current: 'a', previous: null }
    expect(judgeSecret(stored, { current: 'b', previous: null })).toEqual({ isKnown: false })
    expect(judgeSecret(stored, { current: 'b', previous: 'c' })).toEqual({ isKnown: false })
  })

  test('changes in the steps of docs/operating.md, and no node is refused on the way', () => {
    let stored: { current: string | null; previous: string | null } = { current: 'old', previous: null }
    const steps: [string, string | null][] = [
      ['old', null],
      // Step 1, one node after the other; those that are not there yet may be started again.
      ['old', 'new'],
      ['old', null],
      ['old', 'new'],
      // Step 2.
      ['new', 'old'],
      ['old', 'new'],
      ['new', 'old'],
      // Step 3.
      ['new', null],
      ['new', 'old'],
      ['new', null],
    ]
    for (const [current, previous] of steps) {
      const judgement = judgeSecret(stored, { current, previous })
      expect([current, previous, judgement.isKnown]).toEqual([current, previous, true])
      if (judgement.isKnown && judgement.next !== null) stored = judgement.next
    }
    expect(judgeSecret(stored, { current: 'old', previous: null })).toEqual({ isKnown: false })
  })
})
