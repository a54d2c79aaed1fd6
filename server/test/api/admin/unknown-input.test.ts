import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenApiDocument, Operation } from '../../../src/http/openapi.ts'
import { type OperatorBrowser, signIn, signInHalfway } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/* The admin API refuses what it does not know, at every route. */

let app: TestApp
let routes: [string, Operation][]
let browser: OperatorBrowser
let halfway: OperatorBrowser

beforeAll(async () => {
  app = await startTestApp()
  browser = await signIn(app)
  halfway = await signInHalfway(app)
  const { paths } = (await app.get('/openapi.json')).body as OpenApiDocument
  routes = Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/v1'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, 'none')}`,
        operation,
      ]),
    )
})
afterAll(() => app.stop())

async function ask(route: string, { query = '', body }: { query?: string; body?: unknown }) {
  const [method = '', path] = route.split(' ')
  const { status, body: answer } = await callerOf(path)(method, `${path}${query}`, body)
  return { route, status, message: String(answer?.message) }
}

/** Programs may call most routes; those of a session are for browsers. */
function callerOf(path = '') {
  const own = path.startsWith('/admin/v1/sign-in/second-factor') ? halfway : browser
  const isOfBrowsers = /^\/admin\/v1\/(session|sign-in)(\/|$)/.test(path)
  return (method: string, at: string, body: unknown) =>
    isOfBrowsers
      ? own.request(method, at.replace('/admin/v1', ''), { body })
      : app.request(method, at, { headers: { authorization: `Bearer ${app.adminToken}` }, body })
}

const sentence = (name: string, known: string[]) =>
  `${name} does not exist; ${known.length === 0 ? 'there are none here' : `there are ${known.join(', ')}`}`

test('an unknown parameter is refused at every route, with the names of the known ones', async () => {
  expect(routes.length).toBeGreaterThan(30)
  for (const [route, { parameters }] of routes) {
    const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => String(name))
    const { status, message } = await ask(route, { query: '?nonsense=1' })
    expect([route, status, message]).toEqual([
      route,
      400,
      expect.stringContaining(sentence('nonsense', known)),
    ])
  }
})

test('an unknown field is refused at every route, with the names of the known ones', async () => {
  for (const [route, { requestBody }] of routes.filter(([name]) => !name.startsWith('GET '))) {
    const content = requestBody?.content['application/json']
    const schema = content?.schema as { properties?: object; additionalProperties?: unknown } | undefined
    if (schema !== undefined) expect([route, schema.additionalProperties]).toEqual([route, false])
    const [example] = Object.values(content?.examples ?? {})
    const body = { ...(example?.value as object | undefined), nonsense: 1 }
    const { status, message } = await ask(route, { body })
    const known = Object.keys(schema?.properties ?? {})
    expect([route, status, message]).toEqual([route, 400, sentence('nonsense', known)])
  }
})

test('the examples of every route name no field that is unknown', async () => {
  for (const [route, { requestBody }] of routes)
    for (const [name, { value }] of Object.entries(requestBody?.content['application/json']?.examples ?? {}))
      expect([route, name, (await ask(route, { body: value })).message]).toEqual([
        route,
        name,
        expect.not.stringContaining('does not exist; there are'),
      ])
})
