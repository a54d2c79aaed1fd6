import { answerParent } from './child-process.mjs'
import { openConnection } from './raw-client.mjs'
import { quantile } from './statistics.mjs'

/*
 * The load generator, in a process of its own. A job is `{ port, path, headers, bodies, expectedStatus, connections }`:
 * every body is sent once, by connections that send the next when they have the answer. `headers` are the same for all
 * requests, or a list with those of each. The method is POST unless the job says another.
 */

answerParent(run)

async function run({ port, path, method, headers, bodies, expectedStatus, connections }) {
  const milliseconds = new Float64Array(bodies.length)
  const answers = new Array(bodies.length)
  const headersFor = Array.isArray(headers) ? (index) => headers[index] : () => headers
  let next = 0

  const work = async () => {
    const connection = openConnection(port, { method })
    for (let index = next++; index < bodies.length; index = next++) {
      const startedAt = performance.now()
      const { status, body } = await connection.request(path, headersFor(index), bodies[index])
      milliseconds[index] = performance.now() - startedAt
      if (status !== expectedStatus) throw new Error(`${path} answered ${status}: ${body}`)
      answers[index] = body
    }
    connection.close()
  }

  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, work))
  const seconds = (performance.now() - startedAt) / 1000
  milliseconds.sort()
  return {
    perSecond: bodies.length / seconds,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
    answers,
  }
}
