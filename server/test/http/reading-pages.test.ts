import { afterAll, beforeAll, expect, test } from 'vitest'
import { languages } from '../../src/documentation/languages/index.ts'
import type { OpenApiDocument, Operation } from '../../src/http/openapi.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { readFiles } from '../repository/source-files.ts'

/*
 * The pages to read, all of them, as a reader reaches them who follows every link from the first one.
 */

let app: TestApp
let document: OpenApiDocument
/** Every page by its path. */
const pages = new Map<string, string>()

beforeAll(async () => {
  app = await startTestApp()
  document = (await app.get('/openapi.json')).body
  const waiting = ['/']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (pages.has(path)) continue
    const { status, body } = await app.get(path)
    expect([path, status]).toEqual([path, 200])
    pages.set(path, String(body))
    waiting.push(
      ...linksOf(path)
        .map(({ pathname }) => pathname)
        .filter((target) => /^\/docs|^\/$/.test(target)),
    )
  }
})
afterAll(() => app?.stop())

/** Where the links of a page lead, as a browser resolves them; only those to this server. */
const linksOf = (path: string): URL[] =>
  [...(pages.get(path) ?? '').matchAll(/ href="([^"]+)"/g)]
    .map(([, target = '']) => new URL(target.replaceAll('&amp;', '&'), app.url + path))
    .filter(({ origin }) => origin === app.url)

const operations = (): { path: string; method: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

const isHtml = (path: string): boolean => !/\.(css|js|json)$/.test(path)

const pageOf = ({ path, method, operation }: ReturnType<typeof operations>[number]): string =>
  `/docs/api/${operation.tags[0]}/${`${method}-${path}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '')}`

test('every guide and every route has a page that a reader finds', () => {
  const guides = readFiles('docs', (path) => path.endsWith('.md')).map(({ path }) =>
    `/${path}`.replace(/\/README\.md$/, '').replace(/\.md$/, ''),
  )
  expect(guides.length).toBeGreaterThan(40)
  expect(guides.filter((path) => !pages.has(path))).toEqual([])
  expect(operations().length).toBeGreaterThan(70)
  expect(
    operations()
      .map(pageOf)
      .filter((path) => !pages.has(path)),
  ).toEqual([])
  for (const path of [
    '/docs/readme',
    '/docs/security',
    '/docs/changelog',
    '/docs/contributing',
    '/docs/watchword.sample.yaml',
  ])
    expect(pages.has(path)).toBe(true)
})

test('every link to a place on a page finds it', () => {
  const lost = [...pages.keys()].filter(isHtml).flatMap((path) =>
    linksOf(path)
      .filter(({ hash }) => hash !== '')
      .filter(
        ({ hash, pathname }) => !pages.get(pathname)?.includes(` id="${decodeURIComponent(hash.slice(1))}"`),
      )
      .map(({ pathname, hash }) => `${path} → ${pathname}${hash}`),
  )
  expect(lost).toEqual([])
})

test('every page begins with what its reader can do after it', () => {
  const silent = [...pages].filter(
    ([path, html]) => isHtml(path) && !/<p class="lead">After this page you /.test(html),
  )
  // The changes, the rules for contributors and the like are listed with what is in them.
  expect(silent.map(([path]) => path)).toEqual([])
  const written = readFiles('docs', (path) => /^docs\/[\w-]+\.md$/.test(path))
  const without = written.filter(({ text }) => !/^# .+\n\n(<!--[^>]*-->\n\n)?After this page you /.test(text))
  expect(without.map(({ path }) => path)).toEqual([])
})

test('the page of a route has its request in every language, every answer, and for every error what to do', () => {
  for (const each of operations()) {
    const html = pages.get(pageOf(each)) ?? ''
    for (const { id } of languages) expect(html).toContain(`value="${id}"`)
    for (const [status, { content = {} }] of Object.entries(each.operation.responses)) {
      expect(html).toContain(`id="shown-${status}"`)
      for (const name of Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples)))
        expect(html).toContain(`<figcaption>${name}</figcaption>`)
    }
    const remedies = [...html.matchAll(/<tr><td>[^\n]*<\/td><td>([^\n]*)<\/td><\/tr>/g)].map(
      ([, remedy]) => remedy,
    )
    expect(remedies.length).toBeGreaterThan(2)
    expect([each.path, remedies.filter((remedy) => remedy === '')]).toEqual([each.path, []])
  }
})

test('/openapi.json tells for every error what to do, for machines that read it', () => {
  const mute = operations().flatMap(({ path, operation }) =>
    Object.entries(operation.responses)
      .filter(([status]) => Number(status) >= 400)
      .flatMap(([status, { content = {} }]) =>
        Object.values(content)
          .flatMap(({ examples = {} }) => Object.entries(examples))
          .filter(([, { description = '' }]) => description === '')
          .map(([name]) => `${path} ${status} ${name}`),
      ),
  )
  expect(mute).toEqual([])
})

test('what a search finds is there, and it finds every page', async () => {
  const entries = (await app.get('/docs/search.json')).body as {
    t: string
    a: string
    x: string
    h: string
  }[]
  const lost = entries.filter(({ a }) => {
    const [path = '', anchor] = a.split('#')
    const html = pages.get(`/${path}`)
    return html === undefined || (anchor !== undefined && !html.includes(` id="${anchor}"`))
  })
  expect(lost).toEqual([])
  const found = new Set(entries.map(({ a }) => `/${a.split('#')[0]}`))
  const unfound = [...pages.keys()].filter(
    (path) => isHtml(path) && !found.has(path) && !/^\/$|\/docs\/api\/[^/]+$|\.yaml$|license$/.test(path),
  )
  expect(unfound).toEqual([])
  expect(entries.filter(({ h }) => h === 'Locked addresses').map(({ a }) => a)).toEqual([
    'docs/abuse#locked-addresses',
  ])
})

test('a slash behind the address of a page leads to the page', async () => {
  for (const path of ['/docs', '/docs/operating', '/docs/decisions/codes']) {
    const answer = await fetch(`${app.url}${path}/`)
    expect([answer.url, answer.status]).toEqual([app.url + path, 200])
    await answer.text()
  }
})

test('what is no page answers 404 with the list of those that are', async () => {
  const { status, body } = await app.get('/docs/decisions/nothing')
  expect(status).toBe(404)
  expect(body).toContain('href="../operating"')
})
