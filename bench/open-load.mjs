import { setTimeout as sleep } from 'node:timers/promises'
import { answerParent } from './child-process.mjs'
import { openConnection } from './raw-client.mjs'
import { emptyHistogram, record } from './histogram.mjs'

/*
 * The load generator of an open model: requests arrive at a constant rate, whether the earlier ones were answered or not, as
 * people do. Each is timed from the moment at which it was due, so a server that stands still is charged for everybody
 * who came meanwhile ("no coordinated omission"). A job is `{ port, path, headers, bodies, expectedStatus, perSecond }`.
 */

/** A request that is due waits, and is timed, when so many are under way: a server would otherwise be asked for sockets alone. */
const connectionsMax = 1_000
/** The timer of Node is no finer. What this adds to an answer's time counts as the server's. */
const tickMilliseconds = 1

answerParent(run)

async function run({ port, path, headers, bodies, expectedStatus, perSecond }) {
  const histogram = emptyHistogram()
  const answers = new Array(bodies.length).fill(null)
  const refused = {}
  const waiting = []
  const free = []
  let opened = 0
  let answered = 0

  const send = async (index, connection) => {
    const dueAt = startedAt + (index / perSecond) * 1000
    const { status, body } = await connection
      .request(path, headers, bodies[index])
      .catch((error) => ({ status: String(error.message), body: null }))
    record(histogram, performance.now() - dueAt)
    if (status === expectedStatus) answers[index] = body
    else refused[status] = (refused[status] ?? 0) + 1
    answered += 1
    const next = waiting.shift()
    if (next === undefined) free.push(connection)
    else void send(next, connection)
  }
  const arrive = (index) => {
    if (free.length > 0) return void send(index, free.pop())
    if (opened === connectionsMax) return void waiting.push(index)
    opened += 1
    void send(index, openConnection(port))
  }

  const startedAt = performance.now()
  for (let next = 0; next < bodies.length; ) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond)
    for (; next < bodies.length && next <= due; next += 1) arrive(next)
    await sleep(tickMilliseconds)
  }
  while (answered < bodies.length) await sleep(tickMilliseconds)
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of free) connection.close()
  return { histogram, answers, refused, seconds, connections: opened }
}
