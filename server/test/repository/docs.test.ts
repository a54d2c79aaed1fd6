import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settings } from '../../src/config/settings.ts'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import { projectSettings } from '../../src/domain/project-settings.ts'
import type { Setting } from '../../src/domain/settings/setting.ts'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { accountExchanges } from '../api/account/exchanges.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { readAnswers } from '../slow/fuzz/operations.ts'
import { requirements, resultsOf, testsById, withRequirements } from './requirements.ts'
import { withSettingsTable } from './settings-table.ts'
import { readFiles, root } from './source-files.ts'

/*
 * Checks the pages against the code and each other. readme.test.ts runs their examples, errors.test.ts checks
 * docs/errors.md, and the references are checked where they are generated.
 */

const pages = readFiles('', (path) => path.endsWith('.md'))
const pageText = (path: string): string => pages.find((page) => page.path === path)?.text ?? ''

describe('links', () => {
  type Link = { from: string; path: string; anchor: string }

  const links: Link[] = pages.flatMap(({ path: from, text }) =>
    [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [path = '', anchor = ''] = target.split('#')
        return { from, path: path === '' ? from : posix.join(posix.dirname(from), path), anchor }
      }),
  )

  test('every one leads somewhere', () => {
    const broken = links.filter(({ path, anchor }) => {
      if (!existsSync(join(root, path))) return true
      return anchor !== '' && !anchorsOf(pageText(path)).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('every page can be reached from the README', () => {
    // The package has a README of its own.
    const reached = new Set(['README.md', 'server/README.md'])
    for (const path of reached)
      for (const link of links) if (link.from === path && link.path.endsWith('.md')) reached.add(link.path)
    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([])
  })

  const anchorsOf = (text: string): string[] =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
})

describe('routes', () => {
  let app: TestApp
  let document: OpenApiDocument
  beforeAll(async () => {
    app = await startTestApp()
    document = (await app.get('/openapi.json')).body
  })
  afterAll(() => app?.stop())

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { tags }]) => ({ path, method, dialect: tags[0] ?? '' })),
    )

  test('every route stands on the page of its dialect', () => {
    const missing = operations().filter(({ path, dialect }) => {
      const page = dialect === 'watchword' ? 'docs/operating.md' : `docs/${dialect}.md`
      // The admin API has a page of its own for who may call it.
      const more = dialect === 'admin' ? pageText('docs/operators.md') : ''
      return !(pageText(page) + more).includes(path)
    })
    expect(missing).toEqual([])
  })

  test('all documented routes are there, and every path of /openapi.json is answered', async () => {
    const counts = new Map<string, number>()
    for (const { dialect } of operations()) counts.set(dialect, (counts.get(dialect) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toMatchObject({
      citizen: 2,
      account: 12,
      service: 5,
      kikapu: 3,
      mobile: 4,
    })
    for (const path of new Set(operations().map((operation) => operation.path))) {
      const { headers, status } = await app.request('OPTIONS', path.replace(/\{\w+\}/g, 'x'))
      const methods = operations().filter((operation) => operation.path === path)
      expect({ path, status }).toEqual({ path, status: 204 })
      for (const { method } of methods) expect(headers.get('allow')).toContain(method.toUpperCase())
    }
  })

  test('every answer with a body in /openapi.json shows an example, and every example fits its schema', () => {
    const answers = readAnswers(document)
    expect(answers.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([])
    expect(answers.filter(({ unfit }) => unfit.length > 0)).toEqual([])
  })

  test('what an answer of `account` says in its example is what it says', () => {
    const said = accountExchanges.flatMap(({ request: { method = 'POST', path, headers = {} }, answer }) => {
      const { message } = answer.body as { message?: string }
      const isAskedFor = headers['accept-language'] !== undefined
      return answer.status >= 300 || isAskedFor ? [] : [{ path, method, status: answer.status, message }]
    })
    expect(new Set(said.map(({ path }) => path)).size).toBe(12)
    for (const { path, method, status, message } of said) {
      const { content } = document.paths[path]?.[method.toLowerCase()]?.responses[status] ?? {}
      const examples = Object.values(content?.['application/json']?.examples ?? {})
      expect([path, ...examples.map(({ value }) => value)]).toEqual([
        path,
        expect.objectContaining({ status: 'success', message }),
      ])
    }
  })

  test('what answers no JSON is described as what it is', () => {
    const typesOf = (path: string) => Object.keys(document.paths[path]?.get?.responses[200]?.content ?? {})
    expect(typesOf('/metrics')).toEqual(['text/plain'])
    expect(typesOf('/dev/inbox')).toEqual(['application/json', 'text/html'])
  })

  test('every path that a page of a dialect puts into a heading or a table exists', () => {
    const known = new Set(operations().map(({ path }) => path.replace(/\/$/, '')))
    const written = ['citizen', 'account', 'service', 'kikapu', 'mobile', 'admin', 'operators'].flatMap(
      (name) =>
        [
          ...pageText(`docs/${name}.md`).matchAll(
            /^(?:## |\| )`(?:(?:GET|POST|PUT|PATCH|DELETE) )?(\/[^`]*)`/gm,
          ),
        ].map(([, path = '']) => path.replace(/\/$/, '')),
    )
    expect(written.length).toBeGreaterThan(25)
    expect(written.filter((path) => !known.has(path))).toEqual([])
  })

  test('every metric of ours is explained', () => {
    const names = readFiles('server/src').flatMap(({ text }) =>
      [...text.matchAll(/name: '(watchword_\w+)'/g)].map(([, name = '']) => name),
    )
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !pageText('docs/operating.md').includes(`\`${name}\``))).toEqual([])
  })
})

describe('settings', () => {
  test('the table of docs/admin.md is made of the settings', async () => {
    // `npx vitest run server/test/repository/docs.test.ts -u` writes it.
    const current = withSettingsTable(pageText('docs/admin.md'))
    await expect(current).toMatchFileSnapshot('../../../docs/admin.md')
  })

  test('every page that a setting names is there', () => {
    const named = Object.values<Setting<unknown>>(projectSettings).flatMap(({ page = [] }) => page)
    expect(named.filter((page) => pageText(`docs/${page}`) === '')).toEqual([])
  })

  test('every setting of a project stands in a page', () => {
    const inPages = pages.filter(({ path }) => path.startsWith('docs/')).map(({ text }) => text)
    const missing = Object.keys(defaultProjectSettings).filter(
      (name) => !inPages.some((text) => text.includes(`\`${name}\``)),
    )
    expect(missing).toEqual([])
  })

  test('every variable that a page names exists', () => {
    // Not settings: OpenTelemetry's, the terminal's, Kubernetes', and the one that runs the storage tests on a given PostgreSQL.
    const ofOthers = /^(OTEL_.*|NO_COLOR|TEST_DATABASE_URL|WATCHWORD_(SERVICE_HOST|PORT))$/
    const known = Object.keys(settings)
    const named = pages.flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /`((?:WATCHWORD|SMTP|MAIL|SMS|WHATSAPP|TRUST|PUBLIC|DATABASE|LOG|TOKEN|TEST|OPEN_ID)_[A-Z_]+)/g,
        ),
      ].map(([, name = '']) => ({ path, name: name.replace(/_FILE$/, '') })),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(({ name }) => !known.includes(name) && !ofOthers.test(name))).toEqual([])
  })
})

test('the glossary is in order, and says each word once', () => {
  const words = [...pageText('docs/glossary.md').matchAll(/^\| ([A-Za-z ]+) \| /gm)]
    .map(([, word = '']) => word)
    .filter((word) => word !== 'Word')
  expect(words).toEqual([...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')))
})

describe('the table of SECURITY.md', () => {
  // `npx vitest run server/test/repository/docs.test.ts -u` writes it; its results are those of whole runs (requirements-reporter.ts).
  test('has for every requirement a test that names it', () => {
    const without = [...testsById()].filter(([, tests]) => tests.length === 0).map(([id]) => id)
    expect(without).toEqual([])
  })

  test('tells for each the tests that prove it', async () => {
    const text = pageText('SECURITY.md')
    const current = withRequirements(text, resultsOf(text))
    expect([...resultsOf(current).keys()]).toEqual(Object.keys(requirements))
    await expect(current).toMatchFileSnapshot('../../../SECURITY.md')
  })
})
