import { openConnection } from './raw-client.mjs'

/*
 * The load generator, in a process of its own: it receives jobs over IPC and answers with their speed. A job is
 * `{ port, path, headers, bodies, expectedStatus, connections }`; every body is sent once.
 */

process.on('message', async (job) => {
  try {
    process.send(await run(job))
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) })
  }
})

async function run({ port, path, headers, bodies, expectedStatus, connections }) {
  const milliseconds = new Float64Array(bodies.length)
  const answers = new Array(bodies.length)
  let next = 0

  const work = async () => {
    const connection = openConnection(port)
    for (let index = next++; index < bodies.length; index = next++) {
      const startedAt = performance.now()
      const { status, body } = await connection.request(path, headers, bodies[index])
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
  const quantile = (share) =>
    milliseconds[Math.min(milliseconds.length - 1, Math.floor(milliseconds.length * share))]
  return { perSecond: bodies.length / seconds, p50: quantile(0.5), p99: quantile(0.99), answers }
}
