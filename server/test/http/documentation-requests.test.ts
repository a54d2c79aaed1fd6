import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The requests to paste in `/docs`, as a newcomer pastes them into a terminal beside a server of development.
 */

let app: TestApp
let html: string
let keyed: string[]
beforeAll(async () => {
  app = await startTestApp()
  html = (await app.get('/docs')).body
  const { paths } = (await app.get('/openapi.json')).body as OpenApiDocument
  keyed = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ security }) => security.some((scheme) => 'apiKey' in scheme))
    .map(({ operationId }) => operationId)
})
afterAll(() => app?.stop())

/** The request of an operation, read as a shell reads it: words in single quotes stand for themselves. */
function requestOf(operationId: string) {
  const [, text = ''] =
    new RegExp(`<details id="${operationId}">[\\s\\S]*?<pre>([\\s\\S]*?)</pre>`).exec(html) ?? []
  const command = text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  const headers = [...command.matchAll(/-H '([^:]+): ([^']*)'/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
  return {
    method: /-X ([A-Z]+)/.exec(command)?.[1] ?? (command.includes(' -d ') ? 'POST' : 'GET'),
    path: /(http:\S+?)'? /.exec(command.replaceAll('\\\n', ' '))?.[1]?.replace(app.url, '') ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: /-d '([^']*)'/.exec(command)?.[1],
  }
}

test('every one that needs a key has that of the demo, and is let in', async () => {
  expect(keyed.length).toBeGreaterThanOrEqual(5)
  for (const operationId of keyed) {
    const { method, path, ...request } = requestOf(operationId)
    expect(request.headers).toMatchObject({ 'x-api-key': app.apiKey, 'x-project-id': app.projects.service })
    const { status } = await app.request(method, path, request)
    expect([operationId, status]).not.toEqual([operationId, 401])
    expect([operationId, status]).not.toEqual([operationId, 403])
  }
})

test('the first of them sends a code', async () => {
  const { method, path, ...request } = requestOf('servicePostApiV1OtpSend')
  const answer = await app.request(method, path, request)
  expect([answer.status, answer.body]).toEqual([
    201,
    expect.objectContaining({ message: 'OTP generated and queued' }),
  ])
})

test('the token of the operator is in none, and the document for machines has no key', async () => {
  expect(html).not.toContain(app.adminToken)
  expect(JSON.stringify((await app.get('/openapi.json')).body)).not.toContain(app.apiKey)
})
