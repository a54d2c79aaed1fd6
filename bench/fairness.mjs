import { setTimeout as sleep } from 'node:timers/promises'
import { openConnection } from './raw-client.mjs'
import { ascending, medianOf, quantile } from './statistics.mjs'

/*
 * How much longer the sends of a quiet project take while another project sends fifty times as much (K3). Rounds without
 * and with the busy project take turns, and the median of their ratios counts: a round on a machine with other work
 * proves nothing. The fifty requests and the one arrive at once, over HTTP; the bound is asserted on storage alone
 * (`server/test/storage/fairness.test.ts`).
 */

const timesMore = 50
const sendsPerRound = 200
const pauseMilliseconds = 25

/**
 * Measures rounds of both kinds. `quiet` and `busy` are blocks of header lines, each with the key of its project.
 * Returns every round, and the median of the ratios.
 */
export async function measureFairness({ port, quiet, busy, rounds }) {
  const sendQuiet = createSender(port, quiet)
  const sendBusy = createSender(port, busy)
  // Warms up the connections, the plans and the compilers.
  await measureRound({ sendQuiet, sendBusy, more: timesMore })
  const measured = []
  for (let round = 0; round < rounds; round += 1) {
    const alone = await measureRound({ sendQuiet, sendBusy, more: 0 })
    const beside = await measureRound({ sendQuiet, sendBusy, more: timesMore })
    measured.push({ alone, beside, ratio: beside.p99 / alone.p99 })
    console.error(
      `a quiet project: p99 ${alone.p99.toFixed(1)} ms alone, ${beside.p99.toFixed(1)} ms beside a busy one`,
    )
  }
  sendQuiet.close()
  sendBusy.close()
  return { rounds: measured, ratio: medianOf(measured.map((round) => round.ratio)) }
}

async function measureRound({ sendQuiet, sendBusy, more }) {
  const own = []
  const others = []
  for (let nth = 0; nth < sendsPerRound; nth += 1) {
    for (let other = 0; other < more; other += 1) others.push(sendBusy())
    own.push(sendQuiet())
    await sleep(pauseMilliseconds)
  }
  await Promise.all(others)
  const milliseconds = ascending(await Promise.all(own))
  return { p50: quantile(milliseconds, 0.5), p99: quantile(milliseconds, 0.99) }
}

let count = 0

/** Sends to a new address, on a connection that is free or a new one; resolves to the milliseconds that it took. */
function createSender(port, headers) {
  const all = []
  const free = []
  const open = () => {
    const connection = openConnection(port)
    all.push(connection)
    return connection
  }
  const send = async () => {
    count += 1
    const body = JSON.stringify({ target: `fair.${count}@example.test`, channel: 'email' })
    const connection = free.pop() ?? open()
    const startedAt = performance.now()
    const { status, body: answer } = await connection.request('/api/v1/otp/send', headers, body)
    const milliseconds = performance.now() - startedAt
    if (status !== 201) throw new Error(`a send was answered ${status}: ${answer}`)
    free.push(connection)
    return milliseconds
  }
  return Object.assign(send, {
    close() {
      for (const connection of all) connection.close()
    },
  })
}
