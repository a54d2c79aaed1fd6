import { connect } from 'node:net'

/*
 * A minimal HTTP/1.1 client, because it shares the machine with the server that it measures: one request at a time on
 * each connection, and only answers with a Content-Length.
 */

/**
 * Opens a connection for requests of one method. `request(path, headers, body)` resolves to `{ status, body }`; `headers` is
 * a block of lines that end in CRLF.
 */
export function openConnection(port, { method = 'POST' } = {}) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let received = ''
  let pending = null

  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received = received === '' ? chunk : received + chunk
    const head = received.indexOf('\r\n\r\n')
    if (head < 0 || pending === null) return
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
    if (received.length < head + 4 + length) return
    const answer = {
      status: Number(received.slice(9, 12)),
      body: received.slice(head + 4, head + 4 + length),
    }
    received = received.slice(head + 4 + length)
    const { resolve } = pending
    pending = null
    resolve(answer)
  })
  const fail = (error) => {
    pending?.reject(error ?? new Error('the server closed the connection'))
    pending = null
  }
  socket.on('error', fail)
  socket.on('close', () => fail(null))

  return {
    request: (path, headers, body) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject }
        socket.write(
          `${method} ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        )
      }),
    close: () => socket.destroy(),
  }
}
