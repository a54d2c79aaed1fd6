import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { solveWork } from '../../test/harness/solve-work.ts'
import {
  canonicalWork,
  hashesMax,
  hashesMin,
  makeWork,
  solvesWork,
  type WorkParameters,
} from './proof-of-work.ts'

const random = Buffer.from(Array.from({ length: 32 }, (_, index) => 0x80 + index))
const expiresAt = new Date('2026-01-15T12:10:00.999Z')

test('S10: a puzzle says what to hash, until when, and how often', () => {
  const work = makeWork(50_000, expiresAt, random)
  expect(work).toEqual({
    algorithm: 'SHA-256',
    cost: 12,
    expiresAt: Math.floor(expiresAt.getTime() / 1000),
    keyLength: 32,
    keyPrefix: '000',
    nonce: '808182838485868788898a8b8c8d8e8f',
    salt: '909192939495969798999a9b9c9d9e9f',
  })
  expect(canonicalWork(work)).toBe(
    '{"algorithm":"SHA-256","cost":12,"expiresAt":1768479000,"keyLength":32,"keyPrefix":"000",' +
      '"nonce":"808182838485868788898a8b8c8d8e8f","salt":"909192939495969798999a9b9c9d9e9f"}',
  )
})

test('S10: what is signed of a puzzle does not depend on the order in which it is written', () => {
  const work = makeWork(50_000, expiresAt, random)
  const turned = Object.fromEntries(Object.entries(work).toReversed()) as WorkParameters
  expect(canonicalWork(turned)).toBe(canonicalWork(work))
})

test.each([
  [1, '00', 1],
  [hashesMin, '00', 4],
  [16_383, '00', 64],
  [16_384, '000', 4],
  [262_143, '000', 64],
  [262_144, '0000', 4],
  [hashesMax, '0000', 763],
])('S10: %i hashes are a prefix first, and a cost then', (hashes, keyPrefix, cost) => {
  expect(makeWork(hashes, expiresAt, random)).toMatchObject({ keyPrefix, cost })
})

test('S10: what a client finds solves it, and no other counter up to there does', () => {
  const work = makeWork(hashesMin, expiresAt, random)
  const { solution } = JSON.parse(Buffer.from(solveWork({ parameters: work }), 'base64').toString())
  expect(solvesWork(work, solution.counter)).toBe(true)
  expect(solution.counter).toBeGreaterThan(0)
  for (let counter = 0; counter < solution.counter; counter += 1)
    expect(solvesWork(work, counter)).toBe(false)
})

test('S10: the hash begins with the prefix, wherever else it may stand', () => {
  const { nonce, salt } = makeWork(hashesMin, expiresAt, random)
  const input = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(nonce, 'hex'), Buffer.alloc(4)])
  const hash = createHash('sha256').update(input).digest('hex')
  const solves = (keyPrefix: string) =>
    solvesWork({ ...makeWork(hashesMin, expiresAt, random), cost: 1, keyPrefix }, 0)
  expect(solves(hash.slice(0, 3))).toBe(true)
  expect(solves(hash.slice(-3))).toBe(false)
})
