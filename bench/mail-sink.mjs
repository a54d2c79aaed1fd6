/**
 * An SMTP server in a process of its own that does as little as one can for a mail: it takes commands in groups (RFC 2920),
 * so that it is never slower than what it measures. It keeps when each mail arrived, by its Message-ID, and with which code.
 */
import { createServer } from 'node:net'
import { answerArrivals, createArrivals } from './arrivals.mjs'

const endOfText = '\r\n.\r\n'
const replies = {
  EHLO: '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n',
  DATA: '354 Go ahead\r\n',
  QUIT: '221 Bye\r\n',
}
const arrivals = createArrivals()

const server = createServer({ noDelay: true }, (socket) => {
  let input = ''
  let isText = false
  socket.setEncoding('latin1')
  socket.write('220 sink\r\n')
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    input += chunk
    let output = ''
    for (;;) {
      const end = input.indexOf(isText ? endOfText : '\r\n')
      if (end < 0) break
      if (isText) {
        keep(input.slice(0, end))
        output += '250 Taken\r\n'
        input = input.slice(end + endOfText.length)
        isText = false
        continue
      }
      const verb = input.slice(0, 4).toUpperCase()
      input = input.slice(end + 2)
      output += replies[verb] ?? '250 OK\r\n'
      isText = verb === 'DATA'
      if (verb === 'QUIT') socket.end()
    }
    if (output !== '') socket.write(output)
  })
})

function keep(text) {
  const head = text.slice(0, text.indexOf('\r\n\r\n'))
  const [, id = ''] = /^Message-ID:\s+<([^@.>]+)/im.exec(head) ?? []
  const [, code = ''] = /^Subject: .*?(\d{6})/im.exec(head) ?? []
  arrivals.add(id, code)
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
answerArrivals(arrivals)
