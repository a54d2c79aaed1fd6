import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createMessageReader } from '../../harness/postgres-messages.ts'

/** One call of a client: the text of a simple query, or the name of a prepared statement that is bound. */
export type PostgresCall = string

/** `before`: the server never gets the call. `after`: it has executed the call, and the client never gets the answer. */
export type Cut = 'before' | 'after'

/** `earlier`: what the same transaction has called before. */
export type IsCutCall = (call: PostgresCall, earlier: readonly PostgresCall[]) => boolean

/**
 * A proxy between a node and its PostgreSQL. It understands just enough of the protocol (PostgreSQL, chapter 54) to
 * distinguish calls, so that a test can cut the connection at a given one.
 */
export type PostgresProxy = {
  connectionString: string
  /** Cuts the connection of the first call for which `isIt` is true, once; calls `onCut` right before the cut. */
  cutAt: (isIt: IsCutCall, how: Cut, onCut?: () => void) => void
  /** Cancels the cut; returns whether one was still pending. */
  disarm: () => boolean
  /** Drops everything in both directions without closing connections. */
  freeze: () => void
  thaw: () => void
  /** New connections are refused and the present ones broken, until `listen`. */
  refuse: () => Promise<void>
  listen: () => Promise<void>
  /** New connections lead to another server; the present ones stay where they are. */
  leadTo: (connectionString: string) => void
  /** Refuses new connections because there are too many, like a server at `max_connections`. */
  overload: (isOverloaded: boolean) => void
  stop: () => Promise<void>
}

/** Starts a proxy, on its own port, for the server of a connection string. */
export async function startPostgresProxy(connectionString: string): Promise<PostgresProxy> {
  const { user, database, ...first } = parseConnection(connectionString)
  let { place } = first
  const links = new Set<Link>()
  let armed: { isIt: IsCutCall; how: Cut; onCut: () => void } | null = null
  let isFrozen = false
  let isOverloaded = false
  let port = 0
  let server: Server

  const judge: Judge = (call, earlier) => {
    if (armed === null || !armed.isIt(call, earlier)) return null
    const cut = armed
    armed = null
    return cut
  }
  const accept = (client: Socket): void => {
    if (isOverloaded) {
      client.on('error', () => {}).once('data', () => client.end(tooManyClients))
      return
    }
    const onward = connect(place)
    const link = createLink(client, onward, { judge, onEnd: () => links.delete(link) })
    links.add(link)
    if (isFrozen) link.pause()
  }
  const listen = async (): Promise<void> => {
    server = createServer(accept)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    port = (server.address() as { port: number }).port
  }
  const refuse = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const link of links) link.break()
    await closed
  }
  await listen()

  return {
    connectionString: `postgresql://${user}@127.0.0.1:${port}/${database}`,
    cutAt(isIt, how, onCut = () => {}) {
      armed = { isIt, how, onCut }
    },
    disarm() {
      const wasArmed = armed !== null
      armed = null
      return wasArmed
    },
    freeze() {
      isFrozen = true
      for (const link of links) link.pause()
    },
    thaw() {
      isFrozen = false
      for (const link of links) link.resume()
    },
    refuse,
    listen,
    leadTo(next) {
      place = parseConnection(next).place
    },
    overload(next) {
      isOverloaded = next
      if (next) for (const link of links) link.break()
    },
    stop: refuse,
  }
}

/** A connection string of the tests: with a host, or with a socket directory in its query. */
function parseConnection(connectionString: string) {
  const [, user = '', host = '', port = '5432', database = '', query = ''] =
    /^postgres(?:ql)?:\/\/([^@]*)@([^/:]*):?(\d+)?\/([^?]*)\??(.*)$/.exec(connectionString) ?? []
  const socketDirectory = new URLSearchParams(query).get('host')
  const place =
    socketDirectory === null
      ? { host, port: Number(port) }
      : { path: join(socketDirectory, `.s.PGSQL.${port}`) }
  return { user, database, place }
}

type Link = { pause: () => void; resume: () => void; break: () => void }

/** Whether and how a call is cut. */
type Judge = (...call: Parameters<IsCutCall>) => { how: Cut; onCut: () => void } | null

function createLink(
  client: Socket,
  server: Socket,
  { judge, onEnd }: { judge: Judge; onEnd: () => void },
): Link {
  let earlier: PostgresCall[] = []
  let onCut = () => {}
  /** How many answers (`ReadyForQuery`) the server owes up to and with the call that is cut after. */
  let answersLeft = Number.POSITIVE_INFINITY
  let asked = 0
  let answered = 0
  const end = (): void => {
    client.destroy()
    server.destroy()
    onEnd()
  }
  const cutNow = (): void => {
    onCut()
    end()
  }

  const readRequests = createMessageReader(true, ({ type, body, bytes }) => {
    const call = type === 'Q' ? textAt(body, 0) : type === 'B' ? textAt(body, body.indexOf(0) + 1) : null
    if (call?.startsWith('begin')) earlier = []
    const cut = call === null ? null : judge(call, earlier)
    if (call !== null) earlier.push(call)
    if (cut !== null) onCut = cut.onCut
    if (cut?.how === 'before') return void cutNow()
    // What was sent together with the call, and comes after it, was never sent.
    if (asked >= answersLeft) return
    // A simple query is answered as a whole; a bound one at the Sync that follows it.
    if (type === 'Q' || type === 'S') asked += 1
    if (cut?.how === 'after') answersLeft = type === 'Q' ? asked : asked + 1
    if (!server.destroyed) server.write(bytes)
  })
  const readAnswers = createMessageReader(false, ({ type, bytes }) => {
    if (type === 'Z') answered += 1
    if (answered >= answersLeft) return void cutNow()
    if (answersLeft === Number.POSITIVE_INFINITY && !client.destroyed) client.write(bytes)
  })
  client.on('data', readRequests)
  server.on('data', readAnswers)
  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    socket.on('error', () => {}).on('close', end)
  }
  return {
    pause() {
      client.pause()
      server.pause()
    },
    resume() {
      client.resume()
      server.resume()
    },
    break: end,
  }
}

/** The answer of a full server: `ErrorResponse` with severity, SQLSTATE and message. */
const tooManyClients = ((): Buffer => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0')
  const head = Buffer.from('E\0\0\0\0')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
})()

const textAt = (body: Buffer, start: number): string => {
  const end = body.indexOf(0, start)
  return body.toString('utf8', start, end === -1 ? body.length : end)
}
