import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Reply, StandInRequest } from './stand-in.ts'

/** An HTTP server that records requests and answers as the test says; null is no answer. */
export async function startHttpRecorder(replyTo: (request: StandInRequest) => Reply | null) {
  const requests: StandInRequest[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    const asked = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
    requests.push(asked)
    const reply = replyTo(asked)
    if (reply !== null) response.writeHead(reply.status, reply.headers ?? {}).end(reply.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop(): Promise<void> {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
