import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Channel } from '../../domain/address.ts'
import type { Attempt } from './attempt-carrier.ts'
import type { CircuitBreakers } from './circuit-breakers.ts'

/** Counts one attempt. */
export type ObserveAttempt = (channel: Channel, attempt: Attempt) => void

const states = { closed: 0, 'half-open': 1, open: 2 }

/** Counts what carriers answer, and shows the state of their circuit breakers. */
export function createDeliveryMetrics(
  registry: Registry,
  breakers: Pick<CircuitBreakers, 'list'>,
): ObserveAttempt {
  const attempts = new Counter({
    name: 'watchword_deliveries_total',
    help: 'Messages that carriers were asked to deliver, by their answer.',
    labelNames: ['carrier', 'channel', 'outcome'] as const,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'watchword_delivery_duration_seconds',
    help: 'Time until a carrier answered.',
    labelNames: ['carrier', 'channel'] as const,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'watchword_carrier_state',
    help: 'Circuit breaker of a carrier: 0 closed, 1 half-open, 2 open.',
    labelNames: ['carrier', 'channel', 'country'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const { carrier, channel, country, state } of breakers.list())
        this.set({ carrier, channel, country: country ?? '' }, states[state])
    },
  })
  return (channel, { carrier, answer, startedAt, finishedAt }) => {
    attempts.inc({ carrier, channel, outcome: answer.kind })
    seconds.observe({ carrier, channel }, (finishedAt.getTime() - startedAt.getTime()) / 1000)
  }
}
