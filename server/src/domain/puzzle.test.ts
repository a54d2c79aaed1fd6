import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { solvePuzzle } from '../../test/harness/solve-puzzle.ts'
import {
  canonicalPuzzle,
  hashesMax,
  hashesMin,
  makePuzzle,
  type PuzzleParameters,
  solvesPuzzle,
} from './puzzle.ts'

const random = Buffer.from(Array.from({ length: 32 }, (_, index) => 0x80 + index))
const expiresAt = new Date('2026-01-15T12:10:00.999Z')

test('S10: a puzzle says what to hash, until when, and how often', () => {
  const puzzle = makePuzzle(50_000, expiresAt, random)
  expect(puzzle).toEqual({
    algorithm: 'SHA-256',
    cost: 12,
    expiresAt: Math.floor(expiresAt.getTime() / 1000),
    keyLength: 32,
    keyPrefix: '000',
    nonce: '808182838485868788898a8b8c8d8e8f',
    salt: '909192939495969798999a9b9c9d9e9f',
  })
  expect(canonicalPuzzle(puzzle)).toBe(
    '{"algorithm":"SHA-256","cost":12,"expiresAt":1768479000,"keyLength":32,"keyPrefix":"000",' +
      '"nonce":"808182838485868788898a8b8c8d8e8f","salt":"909192939495969798999a9b9c9d9e9f"}',
  )
})

test('S10: what is signed of a puzzle does not depend on the order in which it is written', () => {
  const puzzle = makePuzzle(50_000, expiresAt, random)
  const turned = Object.fromEntries(Object.entries(puzzle).toReversed()) as PuzzleParameters
  expect(canonicalPuzzle(turned)).toBe(canonicalPuzzle(puzzle))
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
  expect(makePuzzle(hashes, expiresAt, random)).toMatchObject({ keyPrefix, cost })
})

test('S10: what a client finds solves it, and no other counter up to there does', () => {
  const puzzle = makePuzzle(hashesMin, expiresAt, random)
  const { solution } = JSON.parse(Buffer.from(solvePuzzle({ parameters: puzzle }), 'base64').toString())
  expect(solvesPuzzle(puzzle, solution.counter)).toBe(true)
  expect(solution.counter).toBeGreaterThan(0)
  for (let counter = 0; counter < solution.counter; counter += 1)
    expect(solvesPuzzle(puzzle, counter)).toBe(false)
})

test('S10: the hash begins with the prefix, wherever else it may stand', () => {
  const { nonce, salt } = makePuzzle(hashesMin, expiresAt, random)
  const input = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(nonce, 'hex'), Buffer.alloc(4)])
  const hash = createHash('sha256').update(input).digest('hex')
  const solves = (keyPrefix: string) =>
    solvesPuzzle({ ...makePuzzle(hashesMin, expiresAt, random), cost: 1, keyPrefix }, 0)
  expect(solves(hash.slice(0, 3))).toBe(true)
  expect(solves(hash.slice(-3))).toBe(false)
})
