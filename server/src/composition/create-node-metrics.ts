import { Gauge, type Registry } from 'prom-client'
import type { PoolUse } from '../storage/postgres/database.ts'
import type { Waiting, WaitingWork } from '../storage/stores/waiting-work.ts'
import { version } from './version.ts'

export type NodeMetricsParts = {
  pools: () => PoolUse[]
  readWaiting: () => Promise<WaitingWork>
}

/** Several readers of one page, or of several nodes, need not ask the database each. */
const waitingMilliseconds = 5_000

/** What an operator asks first: which version this is, whether connections run out, and whether work piles up. */
export function createNodeMetrics(registry: Registry, { pools, readWaiting }: NodeMetricsParts): void {
  const registers = [registry]
  new Gauge({
    name: 'watchword_build_info',
    help: 'The version of this node; always 1.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version }, 1)
  addPoolMetrics(registers, pools)
  const waitingNow = remembered(readWaiting)
  addWaitingMetric(registers, waitingNow, {
    name: 'watchword_messages_waiting',
    help: 'Messages of the whole database that no carrier has accepted yet, and whose codes are valid.',
    readValue: ({ messages }) => messages.count,
  })
  addWaitingMetric(registers, waitingNow, {
    name: 'watchword_messages_oldest_seconds',
    help: 'Age of the oldest of these messages; 0 if there is none.',
    readValue: ({ messages }) => messages.oldestSeconds,
  })
  addWaitingMetric(registers, waitingNow, {
    name: 'watchword_webhooks_waiting',
    help: 'Events of the whole database that a webhook has not taken yet.',
    readValue: ({ webhooks }) => webhooks.count,
  })
  addWaitingMetric(registers, waitingNow, {
    name: 'watchword_webhooks_oldest_seconds',
    help: 'Age of the oldest of these events; 0 if there is none.',
    readValue: ({ webhooks }) => webhooks.oldestSeconds,
  })
}

function addPoolMetrics(registers: Registry[], pools: () => PoolUse[]): void {
  const measures: { name: string; help: string; readValue: (pool: PoolUse) => number }[] = [
    {
      name: 'watchword_database_connections_in_use',
      help: 'Connections to PostgreSQL that a statement or a transaction has.',
      readValue: ({ inUse }) => inUse,
    },
    {
      name: 'watchword_database_connections_open',
      help: 'Connections to PostgreSQL that are open, in use or idle.',
      readValue: ({ open }) => open,
    },
    {
      name: 'watchword_database_connections_max',
      help: 'Connections to PostgreSQL that the node may open.',
      readValue: ({ max }) => max,
    },
    {
      name: 'watchword_database_connections_awaited',
      help: 'Statements and transactions that wait for a connection.',
      readValue: ({ waiting }) => waiting,
    },
  ]
  for (const { readValue, ...about } of measures)
    new Gauge({
      ...about,
      labelNames: ['pool'] as const,
      registers,
      collect() {
        for (const pool of pools()) this.set({ pool: pool.name }, readValue(pool))
      },
    })
}

type WaitingMeasure = { name: string; help: string; readValue: (waiting: WaitingWork) => Waiting['count'] }

function addWaitingMetric(
  registers: Registry[],
  waitingNow: () => Promise<WaitingWork | null>,
  { readValue, ...about }: WaitingMeasure,
): void {
  new Gauge({
    ...about,
    registers,
    async collect() {
      const waiting = await waitingNow()
      // Without an answer of the database there is no sample; the other metrics are read all the same.
      if (waiting === null) this.remove()
      else this.set(readValue(waiting))
    },
  })
}

/** The last answer, or null where the database has given none. */
function remembered(read: () => Promise<WaitingWork>): () => Promise<WaitingWork | null> {
  let askedAt = Number.NEGATIVE_INFINITY
  let answer: Promise<WaitingWork | null> = Promise.resolve(null)
  return () => {
    const now = performance.now()
    if (now - askedAt >= waitingMilliseconds) {
      askedAt = now
      answer = read().catch(() => null)
    }
    return answer
  }
}
