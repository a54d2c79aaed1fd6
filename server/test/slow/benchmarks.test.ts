import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
// @ts-expect-error Without types.
import { withResult } from '../../../bench/render-page.mjs'
import { root } from '../repository/source-files.ts'

/*
 * The small versions of the benchmarks: that each of them measures what it says and writes it down, whatever the numbers are.
 */

const results = mkdtempSync(join(tmpdir(), 'watchword-results-'))
afterAll(() => rmSync(results, { recursive: true, force: true }))

const timeout = 300_000

type Burst = { perSecond: number; microseconds: Record<string, number> }
type Result<Measured> = { name: string; tables: { rows: string[][] }[]; measured: Measured }

/** Runs a benchmark in the given sizes, and returns the result that it has written. */
async function run<Written>(name: string, sizes: Record<string, string>): Promise<Written> {
  const env = { ...process.env, ...sizes, BENCH_RESULTS: results }
  const parameters = [join(root, 'bench', `${name}.mjs`)]
  const said = await promisify(execFile)(process.execPath, parameters, { cwd: root, env }).catch(
    (error: { stderr: string }) => error,
  )
  const file = readdirSync(results).find((found) => found.startsWith(`${name}-`) && found.endsWith('.json'))
  // One that broke off has written none.
  if (file === undefined) throw new Error(said.stderr)
  return JSON.parse(readFileSync(join(results, file), 'utf8')) as Written
}

/** Runs one whose tables stand in the page, and puts them there. */
async function runForPage<Measured>(name: string, sizes: Record<string, string>): Promise<Result<Measured>> {
  const result = await run<Result<Measured>>(name, sizes)
  const page: string = withResult(readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8'), result)
  for (const [first = ''] of result.tables.flatMap(({ rows }) => rows)) expect(page).toContain(`| ${first}`)
  return result
}

const expectBursts = (bursts: Burst[], groups: string[]): void => {
  for (const { perSecond, microseconds } of bursts) {
    expect(perSecond).toBeGreaterThan(0)
    for (const group of [...groups, 'total']) expect(microseconds[group]).toBeGreaterThan(0)
  }
}

test('`npm run bench` measures an empty and a full day, their neighbours and yardsticks, by process', {
  timeout,
}, async () => {
  type Round = {
    days: Record<string, { sends: Burst; checks: Burst }>
    bareRoute: Burst
    inserts: Burst
    neighbours: Record<string, Burst | number>
  }
  const { measured } = await runForPage<{ rounds: Round[] }>('bench', {
    BENCH_ROUNDS: '2',
    BENCH_REQUESTS: '1000',
    BENCH_ROWS: '5000',
    BENCH_NEIGHBOURS: '200',
    BENCH_FAIRNESS_ROUNDS: '0',
  })

  expect(measured.rounds.length).toBe(2)
  for (const { days, bareRoute, inserts, neighbours } of measured.rounds) {
    expect(Object.keys(days)).toEqual(['empty day', '5,000 records today'])
    const { argon2PerSecond, ...bursts } = neighbours
    expect(argon2PerSecond).toBeGreaterThan(0)
    expect(Object.keys(bursts).sort()).toEqual(['codeLogin', 'codeSend', 'me', 'passwordLogin', 'refresh'])
    expectBursts([...Object.values(days).flatMap(Object.values), ...Object.values(bursts)], ['server'])
    expectBursts([bareRoute], ['server'])
    expectBursts([inserts], ['postgres'])
  }
})

test('`npm run bench:growth` reads what it has filled, at every size', { timeout }, async () => {
  type Read = { status: number; total: number }
  type Size = { rows: number; reads: Record<string, Read>; writes: { sends: Burst; checks: Burst } }
  const { measured } = await runForPage<Size[]>('growth', {
    GROWTH_ROWS: '1000,3000',
    GROWTH_REQUESTS: '400',
    GROWTH_READS: '3',
  })

  const totals = (size: Size): Record<string, number> =>
    Object.fromEntries(Object.entries(size.reads).map(([name, { total }]) => [name, total]))
  const [first, second] = measured as [Size, Size]
  for (const { reads, writes } of measured) {
    expect(Object.values(reads).every(({ status }) => status === 200)).toBe(true)
    expectBursts([writes.sends, writes.checks], ['server'])
  }
  // Each filling begins with three records that the server writes.
  expect(totals(first)).toMatchObject({
    'records, page 1': 1_003,
    'records, one `target`': 1,
    'records, one `recordId`': 1,
    'records, `channel`': 201,
    'records, `verified`': 402,
    'stats of everything': 1_003,
  })
  expect(totals(first)['records of today']).toBeGreaterThanOrEqual(Math.floor(1_000 / 31))
  expect(totals(first)['stats of 30 days']).toBeLessThan(1_003)
  // And 500 sends at the size before, of which a fifth warmed up.
  expect(totals(second)['records, page 1']).toBe(3_006 + 500)
})

test('`npm run bench:peers` gives a service of Fastify and pg the same load', { timeout }, async () => {
  const { measured } = await runForPage<Record<string, Burst>[]>('peers', {
    PEERS_ROUNDS: '1',
    PEERS_REQUESTS: '800',
    PEERS: 'fastify',
  })

  const names = ['Fastify and pg, check', 'Fastify and pg, send']
  const ours = ['Watchword, check', 'Watchword, login by code', 'Watchword, send']
  expect(measured.map((round) => Object.keys(round).sort())).toEqual([[...names, ...ours]])
  expectBursts(measured.flatMap(Object.values), ['server', 'postgres'])
})

test('`npm run bench:open` times requests that arrive at a constant rate, and draws them', {
  timeout,
}, async () => {
  type Kind = { histogram: { count: number; counts: number[] }; refused: Record<string, number> }
  const { measured } = await runForPage<{ perSecond: number; sends: Kind; checks: Kind }[]>('open', {
    OPEN_RATES: '50,100',
    OPEN_SECONDS: '2',
  })

  expect(measured.map(({ perSecond }) => perSecond)).toEqual([50, 100])
  for (const { perSecond, sends, checks } of measured)
    for (const { histogram, refused } of [sends, checks]) {
      expect(histogram.count).toBe(perSecond * 2)
      expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(perSecond * 2)
      expect(refused).toEqual({})
    }
  const drawn = readdirSync(results).filter((file) => file.endsWith('-histogram.svg'))
  expect(drawn.length).toBe(1)
  expect(readFileSync(join(results, String(drawn[0])), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
})

test('`npm run bench:delivery` finds each message once and with its code, and times sends', {
  timeout,
}, async () => {
  type Backlog = { received: number; lost: number; doubled: number; wrong: number; ceiling: number }
  type Delivery = { backlogs: Backlog[]; sends: { sends: number; arrived: number; p99: number }[] }
  const { measured } = await run<Result<Delivery>>('delivery', {
    DELIVERY_MAILS: '100',
    DELIVERY_POSTS: '100',
    DELIVERY_RATES: '20',
    DELIVERY_PATH_SECONDS: '2',
    DELIVERY_SENDS: '50',
    DELIVERY_SECONDS: '120',
  })
  expect(measured.backlogs).toHaveLength(2)
  for (const backlog of measured.backlogs) {
    expect(backlog).toMatchObject({ received: 100, lost: 0, doubled: 0, wrong: 0 })
    expect(backlog.ceiling).toBeGreaterThan(0)
  }
  expect(measured.sends.map(({ sends, arrived }) => [sends, arrived])).toEqual([
    [40, 40],
    [50, 50],
  ])
  expect(measured.sends.every(({ p99 }) => p99 > 0)).toBe(true)
})

test('`npm run test:timing` times every side of a group', { timeout }, async () => {
  // So few requests prove nothing about times; whether it finds them the same does not count.
  const sizes = { TIMING_RUNS: '1', TIMING_REQUESTS: '20', TIMING_GROUPS: 'V7 citizen' }
  const { pairs } = await run<{ pairs: { medians: number[][] }[] }>('timing', sizes)
  expect(pairs.length).toBe(15)
  for (const { medians } of pairs) expect(medians.flat().every((median) => median > 0)).toBe(true)
})
