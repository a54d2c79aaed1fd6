import http from 'node:http'
import { watch } from '../../security/canary/watch.ts'

/** One request of a race. `node` counts modulo the number of nodes. */
export type RaceRequest = {
  node?: number
  method?: string
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** Milliseconds after the others. */
  delay?: number
}

export type RaceAnswer = {
  status: number
  headers: http.IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape.
  body: any
  startedAt: number
  endedAt: number
}

/** Requests over sockets that are open before the race begins, so that all of them arrive together. */
export type Load = {
  one: (request: RaceRequest) => Promise<RaceAnswer>
  /** Releases them all in one turn, request n to node n where they name none. */
  all: (requests: RaceRequest[]) => Promise<RaceAnswer[]>
  close: () => void
}

/** Opens the sockets. An answer that takes longer than `silenceMilliseconds` is a hang, and fails the test (I9). */
export async function openLoad(
  urls: string[],
  { sockets = 56, silenceMilliseconds = 20_000 }: { sockets?: number; silenceMilliseconds?: number } = {},
): Promise<Load> {
  const agents = urls.map(() => new http.Agent({ keepAlive: true, maxSockets: sockets }))

  const one = async ({ node = 0, method = 'POST', path, body, headers = {}, delay = 0 }: RaceRequest) => {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
    const index = node % urls.length
    const text = body === undefined ? '' : JSON.stringify(body)
    const startedAt = performance.now()
    return new Promise<RaceAnswer>((resolve, reject) => {
      const named = body === undefined ? {} : { 'content-type': 'application/json' }
      const request = http.request(
        new URL(path, urls[index]),
        {
          method,
          agent: agents[index],
          headers: { ...named, 'content-length': Buffer.byteLength(text), ...headers },
          timeout: silenceMilliseconds,
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const answered = Buffer.concat(chunks).toString('utf8')
            watch.noteExchange(text, { status: response.statusCode ?? 0, text: answered })
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: parse(answered),
              startedAt,
              endedAt: performance.now(),
            })
          })
        },
      )
      request.on('timeout', () =>
        request.destroy(new Error(`no answer within ${silenceMilliseconds} ms: ${path}`)),
      )
      request.on('error', reject)
      request.end(text)
    })
  }
  const all = (requests: RaceRequest[]) =>
    Promise.all(requests.map((request, index) => one({ node: index, ...request })))

  await all(Array.from({ length: sockets * urls.length }, () => ({ method: 'GET', path: '/healthz' })))
  return {
    one,
    all,
    close() {
      for (const agent of agents) agent.destroy()
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** How often each status was answered. */
export const countStatuses = (answers: { status: number }[]): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

export const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index))
