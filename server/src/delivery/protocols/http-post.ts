import http from 'node:http'
import https from 'node:https'

/*
 * HTTP for carriers, within the bounds of H4. It uses `node:http` and not `fetch`: it follows no redirect, bounds the
 * connection separately from the whole, and shows whether a failed request had been written. That decides whether a
 * message was certainly refused or may still arrive.
 */

const connectMilliseconds = 5_000
const totalMilliseconds = 10_000
const answerBytesMax = 1_048_576

/** `unsent`: certainly not accepted. `unanswered`: written, with an unknown result. */
export type HttpOutcome =
  | { kind: 'answered'; status: number; headers: http.IncomingHttpHeaders; body: string }
  | { kind: 'unsent'; detail: string }
  | { kind: 'unanswered'; detail: string }

export type HttpPost = {
  headers: Record<string, string>
  body: string
  signal: AbortSignal
}

/** A keep-alive client for one URL, which may contain a name and password. The operator may choose private networks. */
export function createHttpPoster(url: URL) {
  const client = url.protocol === 'https:' ? https : http
  const agent = new client.Agent({ keepAlive: true, maxFreeSockets: 32, timeout: 30_000 })

  return {
    async post(request: HttpPost): Promise<HttpOutcome> {
      const first = await call({ client, agent, url, ...request })
      // The peer closed the idle connection while we picked it, so it never saw the request.
      return first.isStale ? (await call({ client, agent, url, ...request })).outcome : first.outcome
    },
    close(): void {
      agent.destroy()
    },
  }
}

type HttpCall = HttpPost & { client: typeof http | typeof https; agent: http.Agent; url: URL }

function call({ client, agent, url, headers, body, signal }: HttpCall) {
  return new Promise<{ outcome: HttpOutcome; isStale: boolean }>((resolve) => {
    const length = String(Buffer.byteLength(body))
    const request = client.request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': length },
    })
    const giveUp = (reason: string) => () => request.destroy(new Error(reason))
    const abort = giveUp('no answer in time')
    const totalTimer = setTimeout(abort, totalMilliseconds)
    const connectTimer = setTimeout(giveUp('no connection in time'), connectMilliseconds)
    let isConnected = false
    let hasStatus = false

    const finish = (outcome: HttpOutcome, isStale = false) => {
      clearTimeout(totalTimer)
      clearTimeout(connectTimer)
      signal.removeEventListener('abort', abort)
      resolve({ outcome, isStale })
    }

    const noteConnected = () => {
      isConnected = true
      clearTimeout(connectTimer)
    }

    request.on('socket', (socket) => {
      if (!socket.connecting) noteConnected()
      else socket.once(client === https ? 'secureConnect' : 'connect', noteConnected)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (hasStatus) return
      const detail = error.code ?? error.message
      const isStale = request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted
      const isWritten = isConnected && request.writableFinished
      finish({ kind: isWritten ? 'unanswered' : 'unsent', detail }, isStale)
    })
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response
      // The status is enough; a body that breaks off or never ends does not change it.
      hasStatus = true
      readBody(response).then((body) => finish({ kind: 'answered', status, headers, body }))
    })

    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else request.end(body)
  })
}

async function readBody(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      length += chunk.length
      if (length > answerBytesMax) break
    }
  } catch {
    // Broke off: the part that has arrived is the body.
  }
  return Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8')
}
