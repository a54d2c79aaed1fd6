import type { Operation } from './operations.ts'

export type StrangeRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer | null
}

/** What the requests use of the server that they are sent to. */
export type Borrowed = { apiKey: string; adminToken: string; projectId: string; spareProjectId: string }

export type Chance = { below: (limit: number) => number; pick: <Value>(from: readonly Value[]) => Value }

/** A small generator (mulberry32), so that one number repeats a whole run. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: (from) => from[below(from.length)] as (typeof from)[number] }
}

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: [nested(depth - 1)] })

const strangeTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada@example.com,eve@example.com',
  'Ada <ada@example.com>',
  '\ud800',
  '\udfff\ud800',
  '👩‍👩‍👧‍👦'.repeat(40),
  'e\u0301'.repeat(300),
  '\u202e\u200b\ufeff',
  '١٢٣٤٥٦',
  '123456',
  '12345',
  '0'.repeat(6),
  '+255712345678',
  '+'.repeat(20),
  `+${'9'.repeat(60)}`,
  `{{7*7}}$\{7*7}<script>alert(1)</script>`,
  "' or 1=1 --",
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '1e400',
  '-1',
  '2024-13-45',
  '0001-01-01',
  '+275760-09-13T00:00:00.001Z',
  '../../etc/passwd',
  '%00%ff%c0%af',
  'x'.repeat(255),
  'x'.repeat(5_000),
  'ß'.repeat(254),
  `${'a'.repeat(64)}@${'b'.repeat(63)}.com`,
  'user@xn--80ak6aa92e.com',
  'ADA@EXAMPLE.COM',
] as const

const strangeValues: readonly unknown[] = [
  ...strangeTexts,
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  123456,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  [],
  ['a'],
  {},
  { $ne: null },
  { toString: 'x', __proto__: null },
  nested(5),
  nested(800),
]

/** Makes request number n of a run. */
export function makeStrangeRequest(operation: Operation, chance: Chance, borrowed: Borrowed): StrangeRequest {
  const { below, pick } = chance
  const headers: Record<string, string> = { ...credentials(operation, chance, borrowed) }
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodePart(
      name === 'projectId' && below(3) > 0
        ? // Requests that change a project change one that no other request uses.
          operation.method === 'GET'
          ? borrowed.projectId
          : borrowed.spareProjectId
        : pick(strangeTexts),
    ),
  )
  const query = operation.queryNames
    .filter(() => below(2) === 0)
    .flatMap((name) =>
      Array.from({ length: 1 + below(2) }, () => `${name}=${encodePart(pick(strangeTexts))}`),
    )
  if (below(10) === 0) query.push(pick(['%', 'a=%zz', '__proto__=1', '=', 'a[b]=1', '&&&']))
  for (const name of operation.headerNames) if (below(3) === 0) headers[name] = headerText(pick(strangeTexts))
  addStrangeHeaders(headers, chance)

  const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE'
  const url = query.length === 0 ? path : `${path}?${query.join('&')}`
  if (!hasBody) return { method: operation.method, path: url, headers, body: null }
  if (below(20) > 0) headers['content-type'] ??= 'application/json'
  return { method: operation.method, path: url, headers, body: makeBody(operation, chance) }
}

function credentials(
  { needs }: Operation,
  { below, pick }: Chance,
  { apiKey, adminToken, projectId }: Borrowed,
): Record<string, string> {
  if (below(5) === 0)
    return { authorization: headerText(pick(strangeTexts)), 'x-api-key': headerText(pick(strangeTexts)) }
  if (needs === 'key') return { 'x-api-key': apiKey, 'x-project-id': projectId }
  return needs === 'token' ? { authorization: `Bearer ${adminToken}` } : {}
}

function addStrangeHeaders(headers: Record<string, string>, { below, pick }: Chance): void {
  const strange: [string, string[]][] = [
    [
      'content-type',
      ['text/plain', 'application/json; charset=utf-16', 'application/json;;', '*/*', 'application/xml', ','],
    ],
    ['content-encoding', ['gzip', 'identity', 'br, gzip', '']],
    ['accept-language', ['*', 'fr;q=9', 'x'.repeat(3_000), 'en-US,en;q=0.5', '-,,;', 'ar']],
    ['accept', ['text/html', 'image/*', '']],
    ['x-forwarded-for', ['127.0.0.1', '::1, 10.0.0.1', 'x'.repeat(2_000), "'"]],
    ['user-agent', ['', 'x'.repeat(4_000), '() { :; }']],
    ['origin', ['null', 'https://evil.example']],
    ['x-http-method-override', ['DELETE', 'PUT']],
    ['idempotency-key', ['', 'k', 'x'.repeat(300), '\u00e9']],
    ['expect', ['200-ok']],
  ]
  for (const [name, values] of strange) if (below(25) === 0) headers[name] = pick(values)
}

function makeBody(operation: Operation, chance: Chance): Buffer {
  const { below, pick } = chance
  const example = operation.examples.length > 0 ? pick(operation.examples) : {}
  const members = Object.entries({ ...(example as Record<string, unknown>) })
  const names = [...operation.fields, '__proto__', 'constructor', 'code', 'otp', 'x'.repeat(200)]
  for (let changes = 1 + below(3); changes > 0; changes -= 1) {
    const index = below(members.length + 1)
    switch (below(5)) {
      case 0:
        members.splice(index, 1)
        break
      case 1:
        // The same name twice, of which only JSON as text is capable.
        members.push([members[index]?.[0] ?? pick(names), pick(strangeValues)])
        break
      default: {
        const member = members[index]
        if (member === undefined) members.push([pick(names), pick(strangeValues)])
        else members[index] = [member[0], pick(strangeValues)]
      }
    }
  }
  const text = `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
  return spoil(text, chance)
}

/** Most bodies are JSON objects; some are no objects, no JSON, no UTF-8, or too long. */
function spoil(text: string, { below, pick }: Chance): Buffer {
  switch (below(24)) {
    case 0:
      return Buffer.from(text, 'utf16le')
    case 1:
      return Buffer.from(`\ufeff${text}`)
    case 2:
      return Buffer.from(text.slice(0, below(text.length)))
    case 3:
      return Buffer.from(JSON.stringify(pick(strangeValues)) ?? '')
    case 4:
      return Buffer.alloc(0)
    case 5:
      return Buffer.from(`${text}${text}`)
    case 6:
      return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0x7d])])
    case 7:
      return Buffer.from(text.replace('{', `{"padding":"${'x'.repeat(17_000)}",`))
    case 8:
      return Buffer.from(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
    case 9:
      return Buffer.from(text.replaceAll('"', "'"))
    default:
      return Buffer.from(text)
  }
}

/** Percent-encoded, as UTF-8 where there is such a thing. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed().slice(0, 1_000)) || '%20'
}

/** What a header can hold at all: a client cannot send the rest. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?').slice(0, 2_000)
