import http from 'node:http'
import https from 'node:https'

/*
 * The HTTP that carriers speak, within the bounds of H4. `node:http` and not `fetch`: it follows no redirect, bounds the
 * connecting apart from the whole, and tells whether a request that failed had been written, on which it hangs whether
 * a message was certainly refused or may yet arrive.
 */

const connectMilliseconds = 5_000
const totalMilliseconds = 10_000
const answerBytesMax = 1_048_576

/** `unsent`: it certainly was not taken. `unanswered`: it was written, and nobody knows. */
export type HttpOutcome =
  | { kind: 'answered'; status: number; headers: http.IncomingHttpHeaders; body: string }
  | { kind: 'unsent'; detail: string }
  | { kind: 'unanswered'; detail: string }

export type HttpPost = {
  headers: Record<string, string>
  body: string
  signal: AbortSignal
}

/** A kept-alive client for one URL, which may carry a name and password. Private networks are the operator's choice. */
export function createHttpPoster(url: URL) {
  const client = url.protocol === 'https:' ? https : http
  const agent = new client.Agent({ keepAlive: true, maxFreeSockets: 32, timeout: 30_000 })

  return {
    async post(request: HttpPost): Promise<HttpOutcome> {
      const first = await call({ client, agent, url, ...request })
      // The peer had closed the idle connection while we picked it: the request never began over there.
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
      // The status says all that matters; a body that breaks off or never ends does not change it.
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
    // Broke off: what has come is what there is.
  }
  return Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8')
}
