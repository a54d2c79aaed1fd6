/**
 * A gateway over HTTP in a process of its own that does as little as one can for a message, so that it is never slower than
 * what it measures. It keeps when each message arrived, by its id, and with which code.
 */
import { createServer } from 'node:net'
import { answerArrivals, createArrivals } from './arrivals.mjs'

const answer = 'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'
const arrivals = createArrivals()

const server = createServer({ noDelay: true }, (socket) => {
  let input = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk])
    let output = ''
    for (;;) {
      const head = input.indexOf('\r\n\r\n')
      if (head < 0) break
      const [, length] = /^content-length: *(\d+)/im.exec(input.latin1Slice(0, head)) ?? [0, 0]
      const end = head + 4 + Number(length)
      if (input.length < end) break
      const { id, code } = JSON.parse(input.utf8Slice(head + 4, end))
      arrivals.add(id, code)
      output += answer
      input = input.subarray(end)
    }
    if (output !== '') socket.write(output)
  })
})

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
answerArrivals(arrivals)
