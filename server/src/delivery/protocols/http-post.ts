import http from 'node:http'
import https from 'node:https'
import { urlToHttpOptions } from 'node:url'

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

/**
 * A keep-alive client for one URL, which may contain a name and password. The operator may choose private networks. It keeps
 * as many connections open as there may be requests at a time; the caller bounds these.
 */
export function createHttpPoster(url: URL, { concurrencyMax = 64 }: { concurrencyMax?: number } = {}) {
  const client = url.protocol === 'https:' ? https : http
  const agent = new client.Agent({ keepAlive: true, maxFreeSockets: concurrencyMax, timeout: 30_000 })
  // Taken apart once, because every request would do it again.
  const target = { ...urlToHttpOptions(url), method: 'POST', agent }

  return {
    async post(request: HttpPost): Promise<HttpOutcome> {
      const first = await call({ client, target, ...request })
      // The peer closed the idle connection while we picked it, so it never saw the request.
      return first.isStale ? (await call({ client, target, ...request })).outcome : first.outcome
    },
    close(): void {
      agent.destroy()
    },
  }
}

type HttpCall = HttpPost & { client: typeof http | typeof https; target: https.RequestOptions }

function call({ client, target, headers, body, signal }: HttpCall) {
  return new Promise<{ outcome: HttpOutcome; isStale: boolean }>((resolve) => {
    const length = String(Buffer.byteLength(body))
    const request = client.request({ ...target, headers: { ...headers, 'content-length': length } })
    const giveUp = (reason: string) => () => request.destroy(new Error(reason))
    const abort = giveUp('no answer in time')
    const totalTimer = setTimeout(abort, totalMilliseconds)
    let isConnected = request.reusedSocket
    const connectTimer = isConnected
      ? undefined
      : setTimeout(giveUp('no connection in time'), connectMilliseconds)
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
      if (isConnected) return
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
      readBody(response, (body) => finish({ kind: 'answered', status, headers, body }))
    })

    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else request.end(body)
  })
}

/** Reads as much as an answer may have. What has arrived of one that breaks off is the body. */
function readBody(response: http.IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  let isDone = false
  const end = () => {
    if (isDone) return
    isDone = true
    done(Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8'))
  }
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    if (length <= answerBytesMax) return
    end()
    response.destroy()
  })
  response.on('end', end)
  response.on('error', end)
  response.on('close', end)
}
