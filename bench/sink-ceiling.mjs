/**
 * The yardstick of `delivery.mjs`: how many messages a second a sink takes from a client that only writes bytes that it has
 * written before. A job is `{ kind, port, count, connections }`.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { answerParent } from './child-process.mjs'
import { openConnection } from './raw-client.mjs'

const clients = { smtp: sendMails, http: postMessages }
const filling = `${'x'.repeat(76)}\r\n`.repeat(40)

answerParent(run)

async function run({ kind, port, count, connections }) {
  let next = 0
  const take = () => (next < count ? next++ : null)
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, () => clients[kind](port, take)))
  return { perSecond: Math.round((count / (performance.now() - startedAt)) * 1000) }
}

/** As the server sends: the commands of a mail in one group, then its text. */
async function sendMails(port, take) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.setEncoding('latin1')
  const answered = async (lines) => {
    for (let seen = 0; seen < lines; ) seen += (await once(socket, 'data'))[0].split('\n').length - 1
  }
  await answered(1)
  socket.write('EHLO ceiling\r\n')
  await answered(4)
  for (let index = take(); index !== null; index = take()) {
    socket.write(`MAIL FROM:<a@b.example>\r\nRCPT TO:<c${index}@d.example>\r\nDATA\r\n`)
    await answered(3)
    socket.write(
      `From: a@b.example\r\nSubject: 123456 is a code\r\nMessage-ID: <${index}@b>\r\n\r\n${filling}.\r\n`,
    )
    await answered(1)
  }
  socket.destroy()
}

async function postMessages(port, take) {
  const connection = openConnection(port)
  for (let index = take(); index !== null; index = take()) {
    const text = '123456 is your code. It is valid for 5 minutes.'
    await connection.request(
      '/',
      '',
      JSON.stringify({ id: `${index}`, channel: 'sms', text, code: '123456' }),
    )
  }
  connection.close()
}
