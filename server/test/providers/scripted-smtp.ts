import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What a client did on one connection. `groups` is what came in one piece, `texts` the mails as they were written. */
export type SmtpSession = { number: number; lines: string[]; groups: string[]; texts: string[] }

/**
 * What a line is answered with: null ends the connection, undefined is what a server that is well says. The end of a text is
 * the line `.`, a new connection the line `connect`. Line ends within the answer are written here.
 */
export type SmtpScript = (line: string, session: SmtpSession) => string | null | undefined

const usual: Record<string, string> = {
  connect: '220 script',
  EHLO: '250-script\n250-PIPELINING\n250-8BITMIME\n250 SMTPUTF8',
  DATA: '354 go ahead',
  QUIT: '221 bye',
}

/** A mail server that answers as it is told, for what the servers of libraries do not do. */
export async function startScriptedSmtp(script: SmtpScript = () => undefined) {
  const sessions: SmtpSession[] = []
  const sockets = new Set<Socket>()

  const server = createServer((socket) => {
    const session: SmtpSession = { number: sessions.length, lines: [], groups: [], texts: [] }
    sessions.push(session)
    sockets.add(socket)
    let input = ''
    let isText = false
    const answer = (line: string): void => {
      const given = script(line, session)
      if (given === null) return void socket.end()
      const text = given ?? usual[line.split(' ')[0] ?? ''] ?? '250 OK'
      isText = line === 'DATA' && text.startsWith('354')
      if (text !== '') socket.write(`${text.replaceAll('\n', '\r\n')}\r\n`)
    }
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      if (!isText) session.groups.push(chunk.toString('latin1'))
      input += chunk.toString('latin1')
      while (takeNext());
    })
    /** Takes a text or a line, if all of it is here. */
    function takeNext(): boolean {
      const isEmptyText = isText && input.startsWith('.\r\n')
      const end = isEmptyText ? 0 : isText ? input.indexOf('\r\n.\r\n') : input.indexOf('\r\n')
      if (end < 0) return false
      const taken = input.slice(0, end)
      if (isText) session.texts.push(isEmptyText ? '' : `${taken}\r\n`)
      else session.lines.push(taken)
      const line = isText ? '.' : taken
      input = input.slice(end + (isEmptyText ? 3 : isText ? 5 : 2))
      answer(line)
      return true
    }
    answer('connect')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    texts: () => sessions.flatMap(({ texts }) => texts),
    /** Says something on every open connection. */
    say: (text: string) => {
      for (const socket of sockets) socket.write(`${text}\r\n`)
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
