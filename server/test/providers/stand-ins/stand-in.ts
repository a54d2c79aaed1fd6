import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RefusalReason } from '../../../src/delivery/carrier.ts'
import type { PeerBehaviour, ReceivedMessage } from '../../contracts/carrier-contract.ts'

/*
 * A stand-in plays the provider of a carrier, over a real socket: it accepts only what the provider documents, and
 * answers as the provider does. Each kind of carrier has one, in a file with the name of its kind.
 */

export type StandIn = {
  start(): Promise<RunningStandIn>
  /** False if there is no peer. */
  canRefuse?: boolean
  /** False if the provider writes the text, from a template. */
  sendsText?: boolean
  /** What is specific to HTTP; null for every other protocol. */
  http: HttpNotes | null
}

export type HttpNotes = {
  acceptedStatus: number
  /** The provider's id of the accepted message. */
  acceptedId: string
  /** The documented refusals, including as many of the four common ones as the provider has. */
  errors: readonly DocumentedError[]
  /** True if a success needs no body. */
  acceptsWithoutBody?: boolean
}

export type DocumentedError = {
  name: string
  reply: Reply
  /** `account` is a refusal for now that is reported to the operator. */
  meaning: RefusalReason | 'unknown'
  retryAfterSeconds?: number
}

export type RunningStandIn = {
  /** Settings of the kind that lead to this stand-in and log in. */
  settings: Record<string, unknown>
  /** The same with a login that is refused. */
  wrongSettings: Record<string, unknown> | null
  behave(behaviour: PeerBehaviour): void
  /** Answers every message with this. */
  answer(reply: Reply): void
  received(): Promise<ReceivedMessage[]>
  /** All requests, whatever the answer. */
  requests(): number
  /** Requests that the provider would not have understood. */
  problems(): string[]
  stop(): Promise<void>
}

export type Reply = { status: number; headers?: Record<string, string>; body: string }
export type StandInRequest = { method: string; path: string; headers: http.IncomingHttpHeaders; body: string }

/** The result of reading a request: a valid message, or an immediate answer. */
export type Reading = { message: ReceivedMessage } | { reply: Reply }

export type HttpStandIn = HttpNotes & {
  settings(url: string): Record<string, unknown>
  wrongSettings: Record<string, unknown>
  /** Reads a request. Throws a `Misunderstanding` for what the provider does not document. */
  read(request: StandInRequest): Reading
  accepted: Reply
  refusedForGood: Reply
  refusedForNow: Reply
  sendsText?: boolean
}

/** The carrier sent a request that the provider does not document. */
export class Misunderstanding extends Error {}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** A provider's table of codes: each code is an error, answered as the provider answers errors. */
export const errorTable = (
  table: Partial<Record<DocumentedError['meaning'], readonly number[]>>,
  reply: (code: number) => Reply,
): DocumentedError[] =>
  Object.entries(table).flatMap(([meaning, codes]) =>
    codes.map((code) => ({
      name: `${code}`,
      reply: reply(code),
      meaning: meaning as DocumentedError['meaning'],
    })),
  )

export function demand(condition: unknown, problem: string): asserts condition {
  if (!condition) throw new Misunderstanding(problem)
}

/** A form with exactly these fields, each once. */
export function readForm(
  request: StandInRequest,
  names: { must: string[]; may?: string[] },
): Record<string, string> {
  demand(request.headers['content-type'] === 'application/x-www-form-urlencoded', 'a form is expected')
  const entries = [...new URLSearchParams(request.body)]
  const fields = Object.fromEntries(entries)
  demand(entries.length === Object.keys(fields).length, 'a field stands twice')
  demandKeys(fields, names)
  return fields
}

/** A JSON object. */
// biome-ignore lint/suspicious/noExplicitAny: a stand-in reads bodies of every shape, and requires what it needs.
export function readJson(request: StandInRequest): any {
  demand(request.headers['content-type'] === 'application/json', 'JSON is expected')
  return JSON.parse(request.body)
}

export function demandKeys(value: object, { must, may = [] }: { must: string[]; may?: string[] }): void {
  for (const name of must) demand(name in value, `${name} is missing`)
  for (const name of Object.keys(value)) demand([...must, ...may].includes(name), `${name} is unknown`)
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Creates a stand-in from what is specific to a provider. */
export function defineHttpStandIn(provider: HttpStandIn): StandIn {
  const { sendsText = true } = provider
  return { start: () => startHttp(provider), sendsText, http: provider }
}

async function startHttp(provider: HttpStandIn): Promise<RunningStandIn> {
  const accepted: ReceivedMessage[] = []
  const problems: string[] = []
  let requests = 0
  let reply: Reply | null = provider.accepted

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    requests += 1
    try {
      demand(method === 'POST', 'POST is expected')
      const reading = provider.read({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') })
      if ('reply' in reading) return send(response, reading.reply)
      if (reply === null) return
      if (reply === provider.accepted) accepted.push(reading.message)
      send(response, reply)
    } catch (error) {
      problems.push(String(error))
      send(response, { status: 400, body: String(error) })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const settings = provider.settings(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  let isStopped = false

  return {
    settings,
    wrongSettings: { ...settings, ...provider.wrongSettings },
    behave(behaviour) {
      const replies = {
        accept: provider.accepted,
        'refuse-for-good': provider.refusedForGood,
        'refuse-for-now': provider.refusedForNow,
        silent: null,
      }
      reply = replies[behaviour]
    },
    answer(next) {
      reply = next
    },
    received: async () => accepted,
    requests: () => requests,
    problems: () => problems,
    stop() {
      if (isStopped) return Promise.resolve()
      isStopped = true
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const send = (response: http.ServerResponse, { status, headers = {}, body }: Reply): void => {
  response.writeHead(status, headers).end(body)
}
