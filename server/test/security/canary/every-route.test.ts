import { afterAll, beforeAll, expect, test } from 'vitest'
import { routeSteps } from '../../api/route-steps.ts'
import { createPeople, password, widenProjects } from '../../harness/people.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * C2 and I8: every route succeeds and fails once, at the most detailed log level. Then every sink is searched for every
 * code, password, token and key that was issued or used meanwhile.
 *
 * A token is found anywhere. A code of five or six digits occurs in many places by chance, as part of a phone number, a
 * time or an id, so only separate digits count. Even those can match by chance (a port, a number of milliseconds), so the
 * same search runs for codes that were never issued: it tells how many hits are chance.
 */

let app: TestApp
const secrets = new Set<string>()
/** The answers to requests that failed. */
const refusals: string[] = []

beforeAll(async () => {
  app = await startTestApp()
  await widenProjects(app)
  const people = await createPeople(app, (secret) => secrets.add(secret))
  for (const secret of [password, app.apiKey, app.adminToken]) secrets.add(secret)

  for (const step of routeSteps) {
    const request = await step.prepare(people)
    const answer = await app.request(request.method, request.path, request)
    expect([step.name, answer.status]).toEqual([step.name, step.status])
    people.noteTokens(answer.body)
    // Spent, wrong, and in the wrong shape and place.
    const wrong = JSON.parse(JSON.stringify(request.body ?? {}).replaceAll(/"\d{5,6}"/g, '"000000"'))
    const attempts = [
      request.body,
      wrong,
      { ...(request.body as object), password: `${password} no` },
      JSON.stringify(request.body ?? {}).slice(0, -1),
    ]
    for (const body of request.method === 'GET' ? [] : attempts) {
      refusals.push(JSON.stringify(await app.request(request.method, request.path, { ...request, body })))
    }
    for (const secret of [app.apiKey, app.adminToken, [...secrets].at(-1) ?? '']) {
      const headers = { authorization: `Bearer ${secret}`, 'x-api-key': `${secret}x`, 'x-project-id': secret }
      const path = `${request.path}?code=${encodeURIComponent(secret)}`
      refusals.push(JSON.stringify(await app.request(request.method, path, { ...request, headers })))
    }
  }
  // A secret in a path that does not exist, which a careless log would record.
  refusals.push(JSON.stringify(await app.get(`/nowhere/${app.apiKey}`)))
  const key = await app.post(
    `/admin/v1/projects/${app.projects.service}/keys`,
    { name: 'canary' },
    { authorization: `Bearer ${app.adminToken}` },
  )
  people.noteTokens(key.body)
  await people.tellAllCodes()
})
afterAll(() => app?.stop())

const isCode = (secret: string): boolean => /^\d{5,6}$/.test(secret)

/** Finds a secret in a text; a code only where it is not part of anything longer. */
function find(text: string, secret: string): string[] {
  const source = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = isCode(secret)
    ? new RegExp(`(?<![\\w.+-])(?<!\\d:)${source}(?![\\w-]|[.:]\\d)`, 'g')
    : new RegExp(source, 'g')
  return [...text.matchAll(pattern)].map(({ index }) => text.slice(Math.max(0, index - 60), index + 20))
}

const search = (text: string, wanted: Iterable<string>): string[] =>
  [...wanted].flatMap((secret) => find(text, secret))

/** As many codes as were issued, none of which was issued. */
const control = (): string[] =>
  [...secrets]
    .filter(isCode)
    .map((code) => [...code].map((digit) => (Number(digit) + 7) % 10).join(''))
    .filter((code) => !secrets.has(code))

async function dumpDatabase(): Promise<string> {
  const tables = await app.db.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  )
  const dumps: string[] = []
  for (const { name } of tables) {
    // `text` of a row shows every column, bytes as hexadecimal digits.
    const rows = await app.db.query<{ row: string }>(`select t::text as row from "${name}" t`)
    dumps.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`)
  }
  expect(tables.length).toBeGreaterThan(10)
  return dumps.join('\n')
}

const sinks: Record<string, () => Promise<string> | string> = {
  'the log': () => app.logLines.join('\n').replaceAll(/"pid":\d+/g, ''),
  'the metrics': async () => String((await app.get('/metrics')).body),
  'the refusals': () =>
    // A refusal may echo the caller's own input, but no dialect echoes a secret.
    refusals.filter((text) => Number(/"status":(\d+)/.exec(text)?.[1]) >= 400).join('\n'),
  'the database': dumpDatabase,
  'the interface description': async () => JSON.stringify((await app.get('/openapi.json')).body),
}

test('the tour has used every kind of secret', () => {
  const all = [...secrets]
  expect(all.filter(isCode).length).toBeGreaterThan(20)
  for (const prefix of ['wwr_', 'wwv_', 'wwa_', 'eyJ', app.apiKey.slice(0, 4)]) {
    expect(
      all.some((secret) => secret.startsWith(prefix)),
      prefix,
    ).toBe(true)
  }
})

test('the search finds a code, a token and a password where they stand', () => {
  const [code = ''] = [...secrets].filter(isCode)
  for (const leak of [`{"code":${code}}`, `code=${code}&x`, `Your code is ${code}.`, `"${code}"`])
    expect(find(leak, code)).toHaveLength(1)
  expect(find(`+225${code}11 at 10:00:00.${code}Z`, code)).toEqual([])
  expect(find(`a${password}b`, password)).toHaveLength(1)
})

for (const [name, read] of Object.entries(sinks)) {
  test(`C2 I8: no secret stands in ${name}`, async () => {
    const text = await read()
    expect(text.length).toBeGreaterThan(100)
    const long = [...secrets].filter((secret) => !isCode(secret))
    expect(search(text, long)).toEqual([])

    const hits = search(text, [...secrets].filter(isCode))
    const chance = search(text, control())
    expect(hits.length, hits.join('\n')).toBeLessThanOrEqual(chance.length)
  })
}

test('C2 I8: no secret stands in the database as bytes', async () => {
  const text = await dumpDatabase()
  const long = [...secrets].filter((secret) => !isCode(secret))
  expect(
    search(
      text,
      long.map((secret) => Buffer.from(secret).toString('hex')),
    ),
  ).toEqual([])
})
