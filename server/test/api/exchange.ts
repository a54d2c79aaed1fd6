import { expect } from 'vitest'
import { createAsker, type TestAnswer } from '../harness/ask.ts'
import { wrongCode } from '../harness/wrong-code.ts'

/*
 * Recorded exchanges: requests with the complete answers of a dialect. Placeholders stand for what differs from run to run:
 * in an answer `<id>`, `<instant>`, `<code>`, `<reference>`, `<seconds>`, `<token>`, `<number>`; in a request `<key>`,
 * `<code to ADDRESS>` and `<wrong code to ADDRESS>`.
 */

export type Recorded = {
  /** A sentence about what the exchange shows. */
  name: string
  request: {
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
    path: string
    headers?: Record<string, string>
    /** A text is sent unchanged, anything else as JSON. */
    body?: unknown
  }
  answer: {
    status: number
    /** Only the headers that matter here; null: the header is absent. */
    headers?: Record<string, string | null>
    body: unknown
  }
}

/** The headers of requests that have none of their own. */
export type ExchangeDefaults = { headers?: Record<string, string> }

/** The server under test, and the values of the placeholders of requests. */
export type Recorder = {
  url: string
  /** `<key>`. */
  apiKey?: string
  /** The newest code that was sent to an address in its canonical form. */
  lastCode: (address: string) => string | Promise<string>
}

const shapes: Record<string, RegExp> = {
  '<id>': /^[0-9a-f]{24}$/,
  '<instant>': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  '<code>': /^\d{5,6}$/,
  '<reference>': /^[0-9a-f]+-[0-9a-z]+$/,
  '<seconds>': /^[1-9]\d*$/,
  '<token>': /^[\w-]+(\.[\w-]+)*$/,
  '<number>': /^\d+$/,
}

/** Sends the request of an exchange and compares the answer with the recorded one. */
export async function playExchange(
  { request, answer }: Recorded,
  recorder: Recorder,
  defaults: ExchangeDefaults = {},
): Promise<void> {
  const given = await sendRequest(request, recorder, defaults)
  const names = Object.keys(answer.headers ?? {})
  const headers = Object.fromEntries(names.map((name) => [name, given.headers.get(name)]))
  const actual = {
    status: given.status,
    body: maskLike(given.body, answer.body),
    headers: maskLike(headers, answer.headers ?? {}),
  }
  expect(actual).toEqual({ status: answer.status, body: answer.body, headers: answer.headers ?? {} })
  // The documents show the fields in an order, which `toEqual` does not compare.
  expect(JSON.stringify(actual.body)).toBe(JSON.stringify(answer.body))
}

async function sendRequest(
  { method = 'POST', path, headers = {}, body }: Recorded['request'],
  recorder: Recorder,
  defaults: ExchangeDefaults,
): Promise<TestAnswer> {
  const filled: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...defaults.headers, ...headers }))
    filled[name] = await fillText(value, recorder)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return createAsker(recorder.url).request(method, path, {
    headers: filled,
    ...(text === undefined ? {} : { body: await fillText(text, recorder) }),
  })
}

async function fillText(text: string, { apiKey = '', lastCode }: Recorder): Promise<string> {
  let filled = text.replaceAll('<key>', apiKey)
  for (const [placeholder, wrong, address = ''] of text.matchAll(/<(wrong )?code to ([^>]+)>/g)) {
    const code = await lastCode(address)
    filled = filled.replaceAll(placeholder, wrong === undefined ? code : wrongCode(code))
  }
  return filled
}

/** The answer with placeholders where the recorded one has them and the value has their shape. */
function maskLike(actual: unknown, expected: unknown): unknown {
  if (typeof expected === 'string') {
    const fits = typeof actual === 'string' && patternOf(expected).test(actual)
    const isNumber = expected === '<number>' && typeof actual === 'number'
    return fits || isNumber ? expected : actual
  }
  if (Array.isArray(expected) && Array.isArray(actual))
    return actual.map((value, index) => maskLike(value, expected[index]))
  if (isRecord(expected) && isRecord(actual))
    return Object.fromEntries(
      Object.entries(actual).map(([name, value]) => [name, maskLike(value, expected[name])]),
    )
  return actual
}

/** Placeholders may occur within a text: `"requests";q=600;w=60;t=<seconds>`. */
function patternOf(expected: string): RegExp {
  const pieces = expected.split(/(<[a-z]+>)/).map((piece) => {
    const shape = shapes[piece]
    return shape === undefined ? piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : shape.source.slice(1, -1)
  })
  return new RegExp(`^${pieces.join('')}$`)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
