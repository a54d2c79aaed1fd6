import http from 'node:http'
import type { AddressInfo } from 'node:net'

export type ReceivedEvent = {
  path: string
  headers: Record<string, string>
  body: string
  event: { type: string; timestamp: string; data: Record<string, unknown> }
  at: number
}

/** A real receiver of webhooks. `answer` decides the answer by the number of the request on that path, from 1. */
export async function startWebhookReceiver() {
  const received: ReceivedEvent[] = []
  let answer: (response: http.ServerResponse, count: number, path: string) => void = (response) => {
    response.writeHead(204).end()
  }
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    const path = request.url ?? ''
    const headers = request.headers as Record<string, string>
    received.push({ path, headers, body, event: JSON.parse(body), at: performance.now() })
    answer(response, received.filter((other) => other.path === path).length, path)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: (path = '/hooks') => `http://127.0.0.1:${port}${path}`,
    received,
    ofPath: (path: string) => received.filter((event) => event.path === path),
    answer(next: typeof answer) {
      answer = next
    },
    stop() {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
