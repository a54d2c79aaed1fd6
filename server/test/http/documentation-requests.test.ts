import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The requests to paste in `/docs`, as a newcomer pastes them into a terminal beside a server of development.
 */

let app: TestApp
let keyed: { path: string; method: string }[]
beforeAll(async () => {
  app = await startTestApp()
  const { paths } = (await app.get('/openapi.json')).body as OpenApiDocument
  keyed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security.some((scheme) => 'apiKey' in scheme))
      .map(([method]) => ({ path, method })),
  )
})
afterAll(() => app?.stop())

const pageOf = ({ path, method }: { path: string; method: string }): string =>
  `/docs/api/service/${method}${path.replace(/[^a-z0-9]+/g, '-')}`

const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The request of a page, read as a shell reads it: words in single quotes stand for themselves. */
async function requestOf(page: string) {
  const { body: html } = await app.get(page)
  const [, block = ''] = /<figcaption>curl<\/figcaption><pre[^>]*><code>([\s\S]*?)<\/code>/.exec(html) ?? []
  const command = textOf(block)
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
  for (const operation of keyed) {
    const { method, path, ...request } = await requestOf(pageOf(operation))
    expect(path).toBe(operation.path)
    expect(request.headers).toMatchObject({ 'x-api-key': app.apiKey, 'x-project-id': app.projects.service })
    const { status } = await app.request(method, path, request)
    expect([path, status]).not.toEqual([path, 401])
    expect([path, status]).not.toEqual([path, 403])
  }
})

test('the first of them sends a code', async () => {
  const { method, path, ...request } = await requestOf('/docs/api/service/post-api-v1-otp-send')
  const answer = await app.request(method, path, request)
  expect([answer.status, answer.body]).toEqual([
    201,
    expect.objectContaining({ message: 'OTP generated and queued' }),
  ])
})

test('the examples of the guides have the key and the address of this server as well', async () => {
  const { body } = await app.get('/docs/service')
  const html = textOf(body)
  expect(html).toContain(`x-api-key: ${app.apiKey}`)
  expect(html).toContain(`curl ${app.url}/api/v1/otp/send`)
  expect(html).not.toContain('<your_api_key>')
})

test('the token of the operator is on no page, and the document for machines has no key', async () => {
  for (const page of [
    '/',
    '/docs',
    '/docs/admin',
    '/docs/api/admin/get-admin-v1-projects',
    '/docs/search.json',
  ])
    expect(String((await app.get(page)).body)).not.toContain(app.adminToken)
  expect(JSON.stringify((await app.get('/openapi.json')).body)).not.toContain(app.apiKey)
  expect(JSON.stringify((await app.get('/docs/search.json')).body)).not.toContain(app.apiKey)
})
