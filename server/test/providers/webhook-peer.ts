import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PeerBehaviour } from '../contracts/carrier-contract.ts'

export type ReceivedPost = { method: string; path: string; headers: http.IncomingHttpHeaders; body: unknown }

export type WebhookPeer = {
  url: string
  /** Requests that were answered with 2xx. */
  accepted: ReceivedPost[]
  /** All requests. */
  requests: ReceivedPost[]
  behave: (behaviour: PeerBehaviour) => void
  /** Answers with this until the test changes it. */
  answer: (answer: (response: http.ServerResponse) => void) => void
  stop: () => Promise<void>
}

/** A real HTTP gateway that keeps what it gets. */
export async function startWebhookPeer(): Promise<WebhookPeer> {
  const accepted: ReceivedPost[] = []
  const requests: ReceivedPost[] = []
  let answer: (response: http.ServerResponse) => void = answers.accept

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    const post = { method, path, headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) }
    requests.push(post)
    answer(response)
    if (response.headersSent && response.statusCode < 300) accepted.push(post)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let isStopped = false

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    accepted,
    requests,
    behave(behaviour) {
      answer = answers[behaviour]
    },
    answer(next) {
      answer = next
    },
    stop() {
      if (isStopped) return Promise.resolve()
      isStopped = true
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const reply =
  (status: number, body: string, headers: http.OutgoingHttpHeaders = {}) =>
  (response: http.ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }

const answers: Record<PeerBehaviour, (response: http.ServerResponse) => void> = {
  accept: reply(202, '{"id":"gateway-1"}'),
  'refuse-for-good': reply(422, '{"error":"not a mobile number"}'),
  'refuse-for-now': reply(503, 'busy'),
  silent: () => {},
}
