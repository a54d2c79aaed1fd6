import { connect } from 'node:net'
import Type from 'typebox'
import { createLog } from '../../src/composition/create-log.ts'
import { Unavailable } from '../../src/engine/ports/unavailable.ts'
import { createApp } from '../../src/http/app.ts'
import { type Call, type Dialect, defineRoute } from '../../src/http/dialect.ts'
import { createMetrics } from '../../src/http/metrics.ts'

export type Sent = {
  status: number
  headers: Headers
  body: Record<string, unknown> & { problem: Record<string, unknown> }
}

/** A server with one dialect of every kind of route, mounted at the root and below `/shop`, on a free port. */
export async function startSampleApp() {
  const calls: Call[] = []
  const logged: Record<string, unknown>[] = []
  const dialect = createSampleDialect(calls)
  const app = createApp({
    mounts: [
      { dialect, prefix: '' },
      { dialect: { ...dialect, name: 'second' }, prefix: '/shop' },
    ],
    log: createLog('error', { write: (line) => void logged.push(JSON.parse(line)) }),
    metrics: createMetrics({ collectProcess: false }),
    limits: { headSeconds: 1, requestSeconds: 2 },
  })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(base).port)

  const send = async (path: string, init: RequestInit = {}): Promise<Sent> => {
    const response = await fetch(base + path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }

  return {
    /** The calls that the handler of `/sample/send` got. */
    calls,
    logged,
    port,
    send,
    postJson: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body:
          typeof body === 'string' || body instanceof Uint8Array
            ? (body as Uint8Array<ArrayBuffer>)
            : JSON.stringify(body),
      }),
    /** Writes raw bytes and reads until the server closes. */
    sendRaw: (bytes: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1')
        let text = ''
        socket.setEncoding('latin1').on('data', (chunk) => {
          text += chunk
        })
        socket.on('close', () => resolve(text)).on('error', () => {})
        socket.write(bytes)
      }),
    close: () => app.close(),
  }
}

/** The raw bytes of a POST, for tests to break. */
export const rawPost = (body: string, headers = `Content-Length: ${Buffer.byteLength(body)}\r\n`): string =>
  `POST /sample/send HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}\r\n${body}`

const post = (path: string) => ({ method: 'POST' as const, path, access: 'public' as const, summary: path })
const done = { 200: { description: 'Done.', schema: Type.Object({ id: Type.String() }) } }

export const createSampleDialect = (calls: Call[]): Dialect => ({
  name: 'sample',
  basePath: '/sample',
  routes: [
    defineRoute({
      ...post('/sample/send'),
      aliases: ['/sample/send/'],
      body: Type.Object({
        target: Type.String({ minLength: 1 }),
        channel: Type.Optional(Type.Union([Type.Literal('email'), Type.Literal('sms')])),
        tags: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
      }),
      answers: done,
      async handle(call) {
        calls.push(call)
        return { status: 200, body: { id: call.body.target, secret: 'never declared' } }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/sample/records',
      access: 'public',
      summary: 'Reads',
      query: Type.Object({ page: Type.Optional(Type.String({ pattern: '^[0-9]+$' })) }),
      answers: done,
      handle: async ({ query }) => ({ status: 200, body: { id: query.page ?? 'none' } }),
    }),
    {
      ...post('/sample/guarded'),
      access: 'api-key',
      body: Type.Object({ target: Type.String() }),
      answers: { ...done, 401: { description: 'No key.', schema: Type.Object({ error: Type.String() }) } },
      admit: async ({ headers }) =>
        headers['x-api-key'] === 'k'
          ? { ok: true, context: null }
          : { ok: false, answer: { status: 401, body: { error: 'key' } } },
      handle: async () => ({ status: 200, body: { id: 'in' } }),
    },
    {
      ...post('/sample/fault'),
      answers: done,
      handle: async () => {
        throw new Error('relation "secret_table" does not exist', { cause: new Error('deep') })
      },
    },
    {
      ...post('/sample/away'),
      answers: done,
      handle: async () => {
        throw new Unavailable('database is away', { retryAfterSeconds: 3 })
      },
    },
    { ...post('/sample/bent'), answers: done, handle: async () => ({ status: 200, body: { id: null } }) },
    { ...post('/sample/undeclared'), answers: done, handle: async () => ({ status: 418, body: {} }) },
    {
      method: 'GET',
      path: '/sample/things/:id',
      access: 'public',
      summary: 'One thing',
      answers: done,
      handle: async ({ params }) => ({ status: 200, body: { id: params.id } }),
    },
  ],
  renderProblem: (problem, { path, locale }) => ({ sample: problem.kind, path, locale, problem }),
})
