/**
 * `npm run bench:open`: how long sends and checks take when they arrive at a constant rate, whatever the server does with
 * the earlier ones. `npm run bench` asks again only when it has an answer, so it finds the highest rate, and a server that
 * stands still is asked less meanwhile; here everybody who comes meanwhile is timed from the moment at which they came.
 * The histogram is drawn as SVG.
 *
 * OPEN_RATES (1000,5000,10000 a second), OPEN_SECONDS (30 of sends, then 30 of checks, at each rate).
 */
import { headersOf, startBenchServer } from './bench-server.mjs'
import { withoutAnswers } from './burst.mjs'
import { startChild } from './child-process.mjs'
import { quantileOf } from './histogram.mjs'
import { drawHistograms } from './histogram-svg.mjs'
import { measureProcessorTime } from './processor-time.mjs'
import { show, writeResult } from './results.mjs'
import { assertAllValid, checkBodies, paths, sendBodies } from './service-load.mjs'

const rates = (process.env.OPEN_RATES ?? '1000,5000,10000').split(',').map(Number)
const seconds = Number(process.env.OPEN_SECONDS ?? 30)
const warmUpSends = 5_000
const kinds = { sends: 'send', checks: 'check' }

const load = startChild('open-load.mjs')
const server = await startBenchServer()
try {
  const project = server.createProject()
  await measureRate(project, {
    round: 0,
    perSecond: rates[0],
    count: Math.min(warmUpSends, rates[0] * seconds),
  })
  const measured = []
  for (const [index, perSecond] of rates.entries()) {
    const kindsMeasured = await measureRate(project, {
      round: index + 1,
      perSecond,
      count: perSecond * seconds,
    })
    measured.push({ perSecond, ...kindsMeasured })
    console.error(`${perSecond}/s: p99 of a send ${show(quantileOf(kindsMeasured.sends.histogram, 0.99))} ms`)
  }
  report(measured)
} finally {
  load.stop()
  await server.stop()
}

async function measureRate(project, { round, perSecond, count }) {
  const common = { port: server.port, headers: headersOf(project), perSecond }
  const sends = await measure({
    ...common,
    path: paths.send,
    bodies: sendBodies(round, count),
    expectedStatus: 201,
  })
  const accepted = checkBodies(round, { answers: sends.answers, projectId: project.projectId })
  const checks = await measure({ ...common, path: paths.check, bodies: accepted, expectedStatus: 200 })
  assertAllValid(checks.answers.filter((answer) => answer !== null))
  return { sends: withoutAnswers(sends), checks: withoutAnswers(checks) }
}

async function measure(job) {
  const groups = { server: server.pid, postgres: server.postmaster, load: load.pid }
  const { result, microseconds } = await measureProcessorTime(groups, () => load.ask(job))
  const cores = Object.values(microseconds).reduce((sum, time) => sum + time, 0) / 1_000_000 / result.seconds
  return { ...result, cores }
}

function report(measured) {
  const each = measured.flatMap((rate) =>
    Object.entries(kinds).map(([key, kind]) => ({
      name: `${kind}, ${rate.perSecond.toLocaleString('en-GB')} a second`,
      ...rate[key],
    })),
  )
  const row = ({ name, histogram, refused, seconds: took, connections, cores }) => [
    name,
    ...[0.5, 0.9, 0.99, 0.999].map((share) => show(quantileOf(histogram, share))),
    show(histogram.highest),
    show(histogram.count / took, 0),
    String(Object.values(refused).reduce((sum, count) => sum + count, 0)),
    String(connections),
    show(cores, 2),
  ]
  writeResult('open', {
    sizes: { OPEN_RATES: rates.join(','), OPEN_SECONDS: seconds },
    tables: [
      {
        title: 'Arriving at a constant rate: milliseconds from the moment at which a request was due',
        head: [
          '',
          'p50',
          'p90',
          'p99',
          'p99.9',
          'highest',
          'answered a second',
          'refused',
          'connections',
          'cores used',
        ],
        rows: each.map(row),
      },
    ],
    pictures: { histogram: drawHistograms('Time to the answer, from the moment a request was due', each) },
    measured,
  })
}
