import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allPurposes, purposeNamed } from '../../test/harness/purposes.ts'
import { codeLifeSecondsMax, codePolicy } from './purpose.ts'

test('V3: a code of six digits has five tries, one of five digits three', () => {
  for (const { digits, attemptsMax } of allPurposes) expect(attemptsMax).toBe(digits === 6 ? 5 : 3)
})

test('C3: no purpose and no setting gives a code more than ten minutes', () => {
  for (const { lifeSeconds } of allPurposes) expect(lifeSeconds).toBeLessThanOrEqual(600)
  expect(codeLifeSecondsMax).toBe(600)
  fc.assert(
    fc.property(
      fc.constantFrom(...allPurposes),
      fc.option(fc.integer()),
      (purpose, codeSeconds) => codePolicy(purpose, { codeSeconds, codeLength: null }).lifeSeconds <= 600,
    ),
  )
})

test.each([
  ['the purpose says five minutes', null, 300],
  ['the project may shorten it', 60, 60],
  ['the project may lengthen it', 600, 600],
  ['but not beyond ten minutes', 601, 600],
])('C3: the life of a code: %s', (_, codeSeconds, lifeSeconds) => {
  expect(codePolicy(purposeNamed('service'), { codeSeconds, codeLength: null })).toEqual({
    digits: 6,
    attemptsMax: 5,
    lifeSeconds,
  })
})

test.each([
  [5, 3],
  [6, 5],
  [7, 5],
  [10, 5],
])('V3: codes of %i digits, as a project may set them, take %i attempts', (digits, attemptsMax) => {
  const policy = codePolicy(purposeNamed('service'), { codeSeconds: null, codeLength: digits })
  expect(policy).toMatchObject({ digits, attemptsMax })
  // Three chances in 100,000 for one code, one in 10,000 before the lock of an address.
  expect(attemptsMax / 10 ** digits).toBeLessThanOrEqual(3e-5)
  expect(10 / 10 ** digits).toBeLessThanOrEqual(1e-4)
})

test('a length by purpose is that of the purpose alone', () => {
  const settings = { codeSeconds: null, codeLength: { service: 8 } }
  expect(codePolicy(purposeNamed('service'), settings).digits).toBe(8)
  expect(codePolicy(purposeNamed('citizen'), settings).digits).toBe(5)
})
