import { setMaxListeners } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import { parseRetryAfter } from '../domain/retry-after.ts'
import { createGuardedLookup, type EgressPolicy, forbiddenNetwork } from './egress-policy.ts'

const connectMilliseconds = 5_000
const totalMilliseconds = 10_000
const answerBytesMax = 1_048_576

/** The answer of a receiver; `status` is null when there is none. */
export type PostOutcome = { status: number | null; retryAfterSeconds: number | null; detail: string | null }

export type PostEvent = {
  post(url: string, headers: Record<string, string>, body: string): Promise<PostOutcome>
  close(): void
}

/**
 * Posts events within the bounds of H4: no redirects (`node:http` follows none), five seconds to connect, ten in all, at
 * most 1 MiB of an answer, and only to the internet and the networks that the operator has named. Plain http is only for
 * those networks, because events contain addresses.
 */
export function createPostEvent(egress: EgressPolicy, { signal }: { signal: AbortSignal }): PostEvent {
  const guardedLookup = createGuardedLookup(egress)
  // There is a listener for each running request.
  setMaxListeners(0, signal)
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxFreeSockets: 4, timeout: 30_000 }),
    'https:': new https.Agent({ keepAlive: true, maxFreeSockets: 4, timeout: 30_000 }),
  }
  const failed = (detail: string): PostOutcome => ({ status: null, retryAfterSeconds: null, detail })

  return {
    post(text, headers, body) {
      const url = new URL(text)
      const host = url.hostname.replace(/^\[|\]$/g, '')
      // A literal address is never looked up, so it is checked here.
      if (isIP(host) !== 0 && !egress.isAllowed(host)) return Promise.resolve(failed(forbiddenNetwork))
      const isPlain = url.protocol === 'http:'
      const agent = isPlain ? agents['http:'] : agents['https:']

      return new Promise((resolve) => {
        const request = (isPlain ? http : https).request(url, {
          method: 'POST',
          agent,
          lookup: guardedLookup,
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        })
        const giveUp = (reason: string) => () => request.destroy(new Error(reason))
        const stop = giveUp('the server stops')
        const totalTimer = setTimeout(giveUp('no answer in time'), totalMilliseconds)
        const connectTimer = setTimeout(giveUp('no connection in time'), connectMilliseconds)
        const finish = (outcome: PostOutcome) => {
          clearTimeout(totalTimer)
          clearTimeout(connectTimer)
          signal.removeEventListener('abort', stop)
          resolve(outcome)
        }

        request.on('socket', (socket) => {
          const onConnected = () => {
            clearTimeout(connectTimer)
            const { remoteAddress } = socket
            if (isPlain && remoteAddress !== undefined && !egress.isNamed(remoteAddress))
              request.destroy(new Error('http is for named networks only'))
            else request.end(body)
          }
          if (socket.connecting) socket.once(isPlain ? 'connect' : 'secureConnect', onConnected)
          else onConnected()
        })
        request.on('error', (error: NodeJS.ErrnoException) => finish(failed(error.code ?? error.message)))
        request.on('response', (response) => {
          const { statusCode: status = 0, headers } = response
          readAway(response).finally(() => {
            const detail = status >= 200 && status < 300 ? null : `answered ${status}`
            finish({ status, retryAfterSeconds: parseRetryAfter(headers['retry-after'], new Date()), detail })
          })
        })
        signal.addEventListener('abort', stop, { once: true })
        if (signal.aborted) stop()
      })
    },
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

/** Reads an answer and drops it, because it may repeat the event. Reading it lets the connection be used again. */
async function readAway(response: http.IncomingMessage): Promise<void> {
  let length = 0
  try {
    for await (const chunk of response) {
      length += (chunk as Buffer).length
      if (length > answerBytesMax) return void response.destroy()
    }
  } catch {
    // The status is enough.
  }
}
