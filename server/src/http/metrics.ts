import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export type RequestMeasure = {
  dialect: string
  method: string
  route: string
  status: number
  seconds: number
}

/** Counts what the server does. Labels are our own names: no address, no project, nothing that a caller wrote. */
export type Metrics = {
  /** For gauges of other parts, such as the connections in use. */
  registry: Registry
  observeRequest(measure: RequestMeasure): void
  /** `outcome` is `accepted` or the refusal's name. */
  countSend(purpose: string, outcome: string): void
  countCheck(purpose: string, outcome: string): void
  /** The exposition format that Prometheus scrapes. */
  render(): Promise<string>
}

/** Uses a registry of its own, so that two servers in one process (as in tests) do not share counts. */
export function createMetrics({ collectProcess = true }: { collectProcess?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (collectProcess) collectProcessMetrics(registry)

  const requests = new Histogram({
    name: 'watchword_http_request_duration_seconds',
    help: 'Time from the head of a request to its answer.',
    labelNames: ['dialect', 'method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10],
    registers: [registry],
  })
  const outcomes = ['purpose', 'outcome'] as const
  const sends = new Counter({
    name: 'watchword_sends_total',
    help: 'Requests to send a code.',
    labelNames: outcomes,
    registers: [registry],
  })
  const checks = new Counter({
    name: 'watchword_checks_total',
    help: 'Requests to check a code.',
    labelNames: outcomes,
    registers: [registry],
  })

  const requestOf = remember<Histogram.Internal<string>>()
  const sendOf = remember<Counter.Internal>()
  const checkOf = remember<Counter.Internal>()
  return {
    registry,
    observeRequest({ dialect, method, route, status, seconds }) {
      const name = `${status} ${method} ${route}`
      requestOf(name, () => requests.labels({ dialect, method, route, status })).observe(seconds)
    },
    countSend(purpose, outcome) {
      sendOf(`${purpose} ${outcome}`, () => sends.labels({ purpose, outcome })).inc()
    },
    countCheck(purpose, outcome) {
      checkOf(`${purpose} ${outcome}`, () => checks.labels({ purpose, outcome })).inc()
    },
    render: () => registry.metrics(),
  }
}

/** Without sums that Prometheus takes for counters by their name; `nodejs_active_resources` has the same by kind. */
function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const kind of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`)
}

/** Keeps the child metric of each name: sorting and joining labels each time costs more than counting. */
function remember<Child>(): (name: string, make: () => Child) => Child {
  const children = new Map<string, Child>()
  return (name, make) => {
    const known = children.get(name)
    if (known !== undefined) return known
    const child = make()
    children.set(name, child)
    return child
  }
}
