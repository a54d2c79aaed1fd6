import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createMessageReader, type PostgresMessage } from './postgres-messages.ts'

/*
 * A stand-in for PgBouncer with `pool_mode = transaction`: its clients share a few connections to PostgreSQL, and each
 * transaction gets whichever is free. It speaks as much of the protocol (PostgreSQL, chapter 54) as that needs.
 */

export type TransactionPooler = { connectionString: string; stop: () => Promise<void> }

/** Starts a pooler in front of the database of a test, whose server trusts everybody. */
export async function startTransactionPooler(
  connectionString: string,
  { backends: count = 2 } = {},
): Promise<TransactionPooler> {
  const { user, database, path } = parseSocketUrl(connectionString)
  const free = await Promise.all(Array.from({ length: count }, () => openBackend(path, { user, database })))
  const all = [...free]
  const waiting: ((backend: Backend) => void)[] = []
  const clients = new Set<Socket>()

  const take = (): Promise<Backend> => {
    const backend = free.pop()
    return backend === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(backend)
  }
  const giveBack = (backend: Backend): void => {
    backend.receive = () => {}
    const next = waiting.shift()
    if (next === undefined) free.push(backend)
    else next(backend)
  }

  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => {}).on('close', () => clients.delete(client))
    serveClient(client, { take, giveBack })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    connectionString: `postgresql://${user}@127.0.0.1:${port}/${database}`,
    async stop() {
      for (const socket of [...clients, ...all.map((backend) => backend.socket)]) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Backend = { socket: Socket; receive: (message: PostgresMessage) => void }

type Pool = { take: () => Promise<Backend>; giveBack: (backend: Backend) => void }

function serveClient(client: Socket, { take, giveBack }: Pool): void {
  let backend: Promise<Backend> | null = null
  /** Answers (`ReadyForQuery`) that the server owes for what was forwarded. */
  let owed = 0
  const forward = (bytes: Buffer): void => {
    backend ??= take().then((taken) => {
      taken.receive = (message) => {
        client.write(message.bytes)
        if (message.type !== 'Z') return
        owed -= 1
        const isOutsideTransaction = String.fromCharCode(message.bytes[5] ?? 0) === 'I'
        if (owed > 0 || !isOutsideTransaction) return
        backend = null
        giveBack(taken)
      }
      return taken
    })
    void backend.then(({ socket }) => socket.write(bytes))
  }
  client.on(
    'data',
    createMessageReader(true, ({ type, bytes }) => {
      if (type === '') return void client.write(Buffer.concat([authenticated, ready]))
      if (type === 'X') return void client.end()
      if (type === 'Q' || type === 'S') owed += 1
      forward(bytes)
    }),
  )
}

const authenticated = Buffer.from('R\0\0\0\x08\0\0\0\0', 'latin1')
const ready = Buffer.from('Z\0\0\0\x05I', 'latin1')

/** Opens a connection to PostgreSQL and waits until it may be used. */
function openBackend(path: string, names: { user: string; database: string }): Promise<Backend> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const backend: Backend = {
      socket,
      receive: ({ type }) => {
        if (type === 'Z') resolve(backend)
      },
    }
    socket.on('error', reject).on(
      'data',
      createMessageReader(false, (message) => backend.receive(message)),
    )
    const parameters = Buffer.from(`user\0${names.user}\0database\0${names.database}\0\0`)
    const head = Buffer.alloc(8)
    head.writeInt32BE(parameters.length + 8)
    head.writeInt32BE(0x00030000, 4)
    socket.write(Buffer.concat([head, parameters]))
  })
}

function parseSocketUrl(connectionString: string) {
  const url = new URL(connectionString.replace('@/', '@localhost/'))
  const path = join(url.searchParams.get('host') ?? '', `.s.PGSQL.${url.port || 5432}`)
  return { user: url.username, database: url.pathname.slice(1), path }
}
