import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'

/** Logs a problem with a carrier that somebody has to fix. */
export type Reporter = (event: string, detail: string) => void

const pauseMilliseconds = 60_000

/** Reports each kind of problem at most once a minute, because every message would cause the same report. */
export function createReporter(carrier: string, log: Pick<DeliveryLog, 'error'> | undefined): Reporter {
  const reportedAt = new Map<string, number>()
  return (event, detail) => {
    if (performance.now() - (reportedAt.get(event) ?? Number.NEGATIVE_INFINITY) < pauseMilliseconds) return
    reportedAt.set(event, performance.now())
    log?.error({ carrier, detail }, event)
  }
}
