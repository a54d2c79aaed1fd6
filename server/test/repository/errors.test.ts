import { describe, expect, test } from 'vitest'
import { errors as adminErrors } from '../../src/admin/errors.ts'
import { account } from '../../src/dialects/account/index.ts'
import { messagesFor as accountMessages, fieldMessages } from '../../src/dialects/account/messages.ts'
import { citizen } from '../../src/dialects/citizen/index.ts'
import { messagesFor as citizenMessages } from '../../src/dialects/citizen/messages.ts'
import { kikapu } from '../../src/dialects/kikapu/index.ts'
import { messagesFor as kikapuMessages } from '../../src/dialects/kikapu/messages.ts'
import { mobile } from '../../src/dialects/mobile/index.ts'
import { messagesFor as mobileMessages } from '../../src/dialects/mobile/messages.ts'
import { service } from '../../src/dialects/service/index.ts'
import { messagesFor as serviceMessages } from '../../src/dialects/service/messages.ts'
import { reasons } from '../../src/dialects/service/verify.ts'
import { brokenHttp, malformedHttp } from '../../src/http/app.ts'
import type { Dialect, Problem, Route } from '../../src/http/dialect.ts'
import { problemStatus } from '../../src/http/dialect.ts'
import { bindDialect } from '../../src/http/dialect-manifest.ts'
import { renderOpenApi } from '../../src/http/openapi.ts'
import { createOwnDialect } from '../../src/http/own-dialect.ts'
import { readFiles } from './source-files.ts'

/*
 * docs/errors.md contains the errors that routes document, and the dialects' answers to problems around routes.
 * `npx vitest run server/test/repository/errors.test.ts -u` writes it.
 */

type Catalogue = Record<string, string>

type Described = {
  name: string
  documentLanguage: 'en' | 'fr'
  shape: string
  dialect: Dialect
  messagesFor: (locale: 'en' | 'fr') => Catalogue
  /** The names of messages about one field, which are part of another answer. */
  fields?: readonly string[]
  /** The names of messages of successful answers. */
  reasons?: readonly string[]
}

// No route is called here, so the routes have no engine.
const nothing = { options: {} } as never

const dialects: Described[] = [
  {
    name: 'citizen',
    documentLanguage: 'fr',
    shape: '`{"status": "error", "message", "data": null}`; of a 5xx `data` is the reference',
    dialect: bindDialect(citizen, citizen.createRoutes(nothing)),
    messagesFor: citizenMessages,
  },
  {
    name: 'account',
    documentLanguage: 'fr',
    shape:
      '`{"status": "error", "message", "data"}`; `data` is `null`, `{"errors": [{"field", "message"}]}` where fields are wrong, `{"reference"}` of a 5xx',
    dialect: bindDialect(account, account.createRoutes(nothing)),
    messagesFor: accountMessages,
    fields: fieldMessages,
  },
  {
    name: 'service',
    documentLanguage: 'en',
    shape: '`{"statusCode", "message"}`; a 5xx also has `reference`',
    dialect: bindDialect(service, service.createRoutes(nothing)),
    messagesFor: serviceMessages,
    reasons: Object.values(reasons),
  },
  {
    name: 'kikapu',
    documentLanguage: 'en',
    shape: '`{"success": false, "message"}`; a 5xx also has `reference`',
    dialect: bindDialect(kikapu, kikapu.createRoutes(nothing)),
    messagesFor: kikapuMessages,
  },
  {
    name: 'mobile',
    documentLanguage: 'en',
    shape: '`{"success": false, "message", "data": null, "timestamp"}`; of a 5xx `data` is `{"reference"}`',
    dialect: bindDialect(mobile, mobile.createRoutes(nothing)),
    messagesFor: mobileMessages,
  },
]

type ErrorRow = {
  status: number
  /** In the language of the document, and in the other one. */
  texts: [string, string]
  /** The routes that answer it; null for all paths of the dialect. */
  routes: Set<Route> | null
}

const languagesOf = ({ documentLanguage }: Described) =>
  documentLanguage === 'en' ? (['en', 'fr'] as const) : (['fr', 'en'] as const)

const problems: Problem[] = [
  { kind: 'malformed' },
  { kind: 'not-found' },
  { kind: 'method-not-allowed', allow: [] },
  { kind: 'too-large' },
  { kind: 'unsupported-media-type' },
  { kind: 'fault', reference: '…' },
  { kind: 'unavailable', retryAfterSeconds: 1, reference: '…' },
]

/**
 * Every error of a dialect: the problems around its routes, and the errors that the routes document. An example has the
 * name of the message that it shows.
 */
function rowsOf(described: Described): ErrorRow[] {
  const { dialect, messagesFor } = described
  const [first, second] = languagesOf(described)
  const rows = new Map<string, ErrorRow>()
  const add = (status: number, texts: [string, string], route: Route | null) => {
    const key = `${status} ${texts[0]}`
    const known = rows.get(key)?.routes
    const routes = route === null || known === null ? null : new Set([...(known ?? []), route])
    rows.set(key, { status, texts, routes: routes?.size === dialect.routes.length ? null : routes })
  }
  const addProblem = (problem: Problem, route: Route | null) => {
    const textIn = (locale: 'en' | 'fr') =>
      (dialect.renderProblem(problem, { path: route?.path ?? '', locale }) as { message: string }).message
    add(problemStatus[problem.kind], [textIn(first), textIn(second)], route)
  }

  for (const problem of problems) addProblem(problem, null)
  for (const route of dialect.routes) {
    addProblem({ kind: 'invalid', issues: [] }, route)
    for (const [status, { examples = {} }] of Object.entries(route.answers)) {
      if (Number(status) < 400) continue
      for (const name of Object.keys(examples))
        add(Number(status), [messagesFor(first)[name] ?? '', messagesFor(second)[name] ?? ''], route)
    }
  }
  const order = Object.values(messagesFor(first))
  return [...rows.values()].sort(
    (a, b) => a.status - b.status || order.indexOf(a.texts[0]) - order.indexOf(b.texts[0]),
  )
}

/** The messages that no answer shows: no caller can get them. */
function unplacedIn(described: Described): string[] {
  const { name, dialect, messagesFor, fields = [], reasons = [], documentLanguage } = described
  const mounts = [{ dialect, prefix: '' }]
  const documented = JSON.stringify(renderOpenApi({ mounts, publicUrl: 'http://localhost', version: '0' }))
  const source = readFiles(`server/src/dialects/${name}`).map(({ text }) => text)
  const errors = new Set(rowsOf(described).map(({ texts }) => texts[0]))
  return Object.entries(messagesFor(documentLanguage))
    .filter(([key, text]) => {
      if (fields.includes(key)) return !source.some((file) => file.includes(`'${key}'`))
      const isShown = documented.includes(JSON.stringify(text)) || errors.has(text)
      return !isShown && !reasons.includes(key)
    })
    .map(([key]) => key)
}

describe.each(dialects)('$name', (dialect) => {
  test('every message belongs to a success, an error or a field', () => {
    expect(unplacedIn(dialect)).toEqual([])
  })

  test('every problem around a route has its status and message', () => {
    const statuses = new Set(rowsOf(dialect).map(({ status }) => status))
    for (const status of Object.values(problemStatus)) expect(statuses).toContain(status)
  })
})

test('docs/errors.md is what the code answers', async () => {
  await expect(renderPage()).toMatchFileSnapshot('../../../docs/errors.md')
})

function renderPage(): string {
  return `# Errors

<!-- Made from what the routes document: npx vitest run server/test/repository/errors.test.ts -u -->

After this page you can tell from a status and a message what happened, and decide what your program does next.

Every answer that is no success: its status and what it says in both languages. The first is the language of the
document, and the one that is answered when \`Accept-Language\` names none of ours. When an answer comes, and what to do,
stands on the page of the dialect.

The same in all of them:

- 405 says in \`Allow\` what the path answers. 429 and 503 say in \`Retry-After\` for how many seconds to wait, and so does
  a 400 that waiting mends. 503 means that nothing was changed.
- A 5xx carries a reference, the log has the same one, and nothing technical is told. Every answer has it in
  \`X-Request-Id\` as well.
- Where the honest answer would help an attacker, several refusals share one: a wrong, expired, used and locked code look
  alike everywhere but in \`service\`, whose callers hold a key.

${dialects.map(renderDialect).join('\n')}
${renderOwn()}`
}

function renderDialect(described: Described): string {
  const { name, shape, messagesFor, reasons = [], fields = [] } = described
  const [first, second] = languagesOf(described)
  const catalogues: [Catalogue, Catalogue] = [messagesFor(first), messagesFor(second)]
  const lines = rowsOf(described).map(({ status, texts, routes }) =>
    row([String(status), ...texts.map(quote), routes === null ? 'all' : listPaths(routes)]),
  )
  return `## ${name}

${shape}. See [${name}.md](${name}.md).

| Status | ${languages[first]} | ${languages[second]} | Where |
| --- | --- | --- | --- |
${lines.join('\n')}
${reasons.length === 0 ? '' : renderReasons(reasons, catalogues)}${fields.length === 0 ? '' : renderFields(fields, catalogues)}`
}

const listPaths = (routes: Set<Route>): string => {
  const paths = [...routes].map(({ path }) => path).sort()
  return paths.map(quote).join(' ')
}

const languages = { en: 'English', fr: 'French' }

/** `verify` answers these with status 200 and `"valid": false`. */
const renderReasons = (reasons: readonly string[], catalogues: [Catalogue, Catalogue]): string => `
\`POST /api/v1/otp/verify\` answers 200 to every code; a wrong one has \`"valid": false\` and one of these as \`reason\`:

| English | French |
| --- | --- |
${renderTexts(reasons, catalogues)}
`

const renderFields = (fields: readonly string[], catalogues: [Catalogue, Catalogue]): string => `
In \`data.errors\`, about one field:

| French | English |
| --- | --- |
${renderTexts(fields, catalogues)}
`

const renderTexts = (names: readonly string[], catalogues: [Catalogue, Catalogue]): string =>
  names.map((name) => row(catalogues.map((catalogue) => quote(catalogue[name] ?? '')))).join('\n')

function renderOwn(): string {
  const own = createOwnDialect({ name: 'watchword', basePath: '', routes: [] })
  const ownRows = problems.map((problem) => {
    const { statusCode, message } = own.renderProblem(problem, { path: '', locale: null }) as Own
    return row([String(statusCode), quote(message)])
  })
  const list = (rows: { status: number; message: string }[]) =>
    rows.map(({ status, message }) => row([String(status), quote(message)])).join('\n')
  const ofAdmin = Object.values(adminErrors).sort(
    (a, b) => a.status - b.status || a.message.localeCompare(b.message),
  )
  const broken = [malformedHttp, ...Object.values(brokenHttp)].map(([line, message]) => ({
    status: Number(line.slice(0, 3)),
    message,
  }))
  return `## The routes of our own

\`/healthz\`, \`/readyz\`, \`/metrics\`, \`/openapi.json\`, \`/docs\`, \`/.well-known/jwks.json\`, \`/admin/v1/…\`, and every path
that no dialect answers for: \`{"statusCode", "message"}\`, English. A 400 about fields names each, up to five, such as
\`name must be a text of 1 to 100 characters\`.

| Status | Message |
| --- | --- |
${ownRows.join('\n')}

\`/metrics\` answers 401 \`The token of an operator is needed\` in production to who does not bring it.

The admin API, beside these ([admin.md](admin.md)):

| Status | Message |
| --- | --- |
${list(ofAdmin)}

## What is no HTTP request

Answered before any dialect is asked, as \`{"statusCode", "message"}\`; the connection ends.

| Status | Message |
| --- | --- |
${list(broken)}
`
}

type Own = { statusCode: number; message: string }

const row = (cells: string[]): string => `| ${cells.join(' | ')} |`
const quote = (text: string): string => `\`${text}\``
