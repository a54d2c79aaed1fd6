import { measureProcessorTime } from './processor-time.mjs'
import { show, showSpread } from './results.mjs'
import { summarize } from './statistics.mjs'

const connections = 128

/**
 * Sends every body of a job once, over 128 connections that each wait for their answer, and returns how many a second that
 * were, how long the answers took, and the processor time of each group of processes in microseconds a request. `groups`
 * names the processes; the load generator is one of them.
 */
export async function measureBurst({ load, groups, job }) {
  const { result, microseconds } = await measureProcessorTime({ ...groups, load: load.pid }, () =>
    load.ask({ connections, ...job }),
  )
  return { ...result, microseconds: forEach(microseconds, job.bodies.length) }
}

/** Microseconds for each of a number of requests, and their total. */
export function forEach(microseconds, count) {
  const each = Object.fromEntries(Object.entries(microseconds).map(([name, time]) => [name, time / count]))
  return { ...each, total: Object.values(each).reduce((sum, time) => sum + time, 0) }
}

/** A round without the answers, which are large. */
export const withoutAnswers = ({ answers: _, ...burst }) => burst

/** What the rounds of one kind of request have in common: medians with their spread. */
export function summarizeBursts(bursts) {
  const of = (read) => summarize(bursts.map(read))
  const has = (name) => bursts.some((burst) => burst[name] !== undefined)
  return {
    perSecond: of((burst) => burst.perSecond),
    p50: has('p50') ? of((burst) => burst.p50) : null,
    p99: has('p99') ? of((burst) => burst.p99) : null,
    microseconds: Object.fromEntries(
      Object.keys(bursts[0].microseconds).map((name) => [name, of((burst) => burst.microseconds[name])]),
    ),
  }
}

export const burstHead = [
  '',
  'a second',
  'p50 ms',
  'p99 ms',
  'server µs',
  'PostgreSQL µs',
  'load µs',
  'all µs a request',
]

/** A row of a table with `burstHead`. */
export function burstRow(name, { perSecond, p50, p99, microseconds }) {
  const median = (summary) => (summary === null || summary === undefined ? '–' : show(summary.median))
  return [
    name,
    showSpread(perSecond, 0),
    median(p50),
    p99 === null ? '–' : showSpread(p99),
    median(microseconds.server),
    median(microseconds.postgres),
    median(microseconds.load),
    showSpread(microseconds.total),
  ]
}
