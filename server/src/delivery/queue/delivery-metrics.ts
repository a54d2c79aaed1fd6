import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Channel } from '../../domain/address.ts'
import type { CarrierHealth } from './health.ts'
import type { Try } from './take-turn.ts'

/** Hears of every try. */
export type ObserveTry = (channel: Channel, attempt: Try) => void

const states = { closed: 0, 'half-open': 1, open: 2 }

/** Counts what carriers answer, and shows which of them rest. */
export function createDeliveryMetrics(registry: Registry, health: Pick<CarrierHealth, 'list'>): ObserveTry {
  const tries = new Counter({
    name: 'watchword_deliveries_total',
    help: 'Messages that carriers were asked to deliver, by what they answered.',
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
    help: 'Whether a carrier is asked: 0 yes, 1 one message tries it out, 2 it rests.',
    labelNames: ['carrier', 'channel', 'country'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const { carrier, channel, country, state } of health.list())
        this.set({ carrier, channel, country: country ?? '' }, states[state])
    },
  })
  return (channel, { carrier, answer, startedAt, finishedAt }) => {
    tries.inc({ carrier, channel, outcome: answer.kind })
    seconds.observe({ carrier, channel }, (finishedAt.getTime() - startedAt.getTime()) / 1000)
  }
}
