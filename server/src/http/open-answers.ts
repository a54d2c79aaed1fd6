import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Bounds the answers that one connection has open. Node hands out all requests of a chunk at once, and 64 KiB hold
 * more than a thousand. The last request within the bound is answered with `Connection: close`, and what comes after it
 * is not looked at: a client that pipelines sends again what was not answered (RFC 9112 section 9.3.2).
 */
export function boundOpenAnswers(handle: RequestListener, answersMax: number): RequestListener {
  /** How many answers of a connection wait for the one before them. */
  const waiting = new WeakMap<Socket, number>()
  const closing = new WeakSet<Socket>()

  return (request, response) => {
    // Node gives a response its socket when all earlier ones have ended, so a request that is not pipelined ends here.
    if (response.socket !== null) return handle(request, response)

    const { socket } = request
    // Nobody will read what comes now. The requests before this one are complete, so nobody waits for bytes either.
    if (closing.has(socket)) return void socket.pause()

    const ahead = (waiting.get(socket) ?? 0) + 1
    waiting.set(socket, ahead)
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
    if (ahead + 1 >= answersMax) {
      closing.add(socket)
      response.setHeader('connection', 'close')
    }
    handle(request, response)
  }
}
