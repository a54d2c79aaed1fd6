import { describe, expect, test } from 'vitest'
import { messagesFor as accountMessages } from '../../src/dialects/account/messages.ts'
import { messagesFor as citizenMessages } from '../../src/dialects/citizen/messages.ts'
import { messagesFor as kikapuMessages } from '../../src/dialects/kikapu/messages.ts'
import { messagesFor as mobileMessages } from '../../src/dialects/mobile/messages.ts'
import { messagesFor as serviceMessages } from '../../src/dialects/service/messages.ts'
import type { Problem } from '../../src/http/dialect.ts'
import { problemStatus } from '../../src/http/dialect.ts'
import { createOwnDialect } from '../../src/http/own-dialect.ts'
import {
  type Catalogue,
  collectAdminErrors,
  collectBrokenHttp,
  collectErrors,
  type ErrorTable,
} from './error-tables.ts'

/*
 * docs/errors.md is what the tables in the code say. `npx vitest run server/test/repository/errors.test.ts -u` writes it.
 */

type Described = {
  name: string
  documentLanguage: 'en' | 'fr'
  shape: string
  messagesFor: (locale: 'en' | 'fr') => Catalogue
}

const dialects: Described[] = [
  {
    name: 'citizen',
    documentLanguage: 'fr',
    shape: '`{"status": "error", "message", "data": null}`; of a 5xx `data` is the reference',
    messagesFor: citizenMessages,
  },
  {
    name: 'account',
    documentLanguage: 'fr',
    shape:
      '`{"status": "error", "message", "data"}`; `data` is `null`, `{"errors": [{"field", "message"}]}` where fields are wrong, `{"reference"}` of a 5xx',
    messagesFor: accountMessages,
  },
  {
    name: 'service',
    documentLanguage: 'en',
    shape: '`{"statusCode", "message"}`; a 5xx also has `reference`',
    messagesFor: serviceMessages,
  },
  {
    name: 'kikapu',
    documentLanguage: 'en',
    shape: '`{"success": false, "message"}`; a 5xx also has `reference`',
    messagesFor: kikapuMessages,
  },
  {
    name: 'mobile',
    documentLanguage: 'en',
    shape: '`{"success": false, "message", "data": null, "timestamp"}`; of a 5xx `data` is `{"reference"}`',
    messagesFor: mobileMessages,
  },
]

/** Refusals that the compiler asks a dialect to word although it never asks for what they refuse. */
const neverAnswered = ['refused', 'requestRefused', 'liveCodeExists', 'unknown']

/** What `verify` of `service` says with status 200. */
const reasons = ['unknown', 'used', 'expired', 'locked', 'mismatch']

function tableOf({ name, messagesFor }: Described): ErrorTable {
  const table = collectErrors(name, Object.keys(messagesFor('en')))
  const isAnswered = (key: string) =>
    !neverAnswered.includes(key) && !(name === 'service' && reasons.includes(key))
  return { ...table, rows: table.rows.filter((row) => isAnswered(row.name)) }
}

describe.each(dialects)('$name', (dialect) => {
  test('every message belongs to a success, an error or a field', () => {
    expect(tableOf(dialect).unplaced).toEqual([])
  })

  test('every problem around a route has its status and message', () => {
    const statuses = new Set(tableOf(dialect).rows.map(({ status }) => status))
    for (const status of Object.values(problemStatus)) expect(statuses).toContain(status)
  })
})

test('docs/errors.md is what the code answers', async () => {
  await expect(renderPage()).toMatchFileSnapshot('../../../docs/errors.md')
})

function renderPage(): string {
  return `# Errors

<!-- Made from the tables in the code: npx vitest run server/test/repository/errors.test.ts -u -->

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

function renderDialect(dialect: Described): string {
  const { name, documentLanguage, shape, messagesFor } = dialect
  const other = documentLanguage === 'en' ? 'fr' : 'en'
  const [first, second] = [messagesFor(documentLanguage), messagesFor(other)]
  const { rows, fields } = tableOf(dialect)
  const lines = rows.map(({ status, name: key, paths, isAboutInput }) =>
    row([
      String(status),
      quote(first[key] ?? ''),
      quote(second[key] ?? ''),
      paths.length === 0
        ? isAboutInput
          ? 'where it is read'
          : 'all'
        : paths.map((path) => `\`${path}\``).join(' '),
    ]),
  )
  return `## ${name}

${shape}. See [${name}.md](${name}.md).

| Status | ${languages[documentLanguage]} | ${languages[other]} | Where |
| --- | --- | --- | --- |
${lines.join('\n')}
${name === 'service' ? renderReasons(messagesFor) : ''}${fields.length === 0 ? '' : renderFields(fields, [first, second])}`
}

const languages = { en: 'English', fr: 'French' }

/** `verify` tells these with status 200 and `"valid": false`. */
function renderReasons(messagesFor: Described['messagesFor']): string {
  const lines = reasons.map((name) =>
    row([quote(messagesFor('en')[name] ?? ''), quote(messagesFor('fr')[name] ?? '')]),
  )
  return `
\`POST /api/v1/otp/verify\` answers 200 to every code; a wrong one has \`"valid": false\` and one of these as \`reason\`:

| English | French |
| --- | --- |
${lines.join('\n')}
`
}

const renderFields = (fields: string[], [first, second]: [Catalogue, Catalogue]): string => `
In \`data.errors\`, about one field:

| French | English |
| --- | --- |
${fields.map((name) => row([quote(first[name] ?? ''), quote(second[name] ?? '')])).join('\n')}
`

function renderOwn(): string {
  const own = createOwnDialect({ name: 'watchword', basePath: '', routes: [] })
  const problems: Problem[] = [
    { kind: 'malformed' },
    { kind: 'not-found' },
    { kind: 'method-not-allowed', allow: [] },
    { kind: 'too-large' },
    { kind: 'unsupported-media-type' },
    { kind: 'fault', reference: '…' },
    { kind: 'unavailable', retryAfterSeconds: 1, reference: '…' },
  ]
  const ownRows = problems.map((problem) => {
    const { statusCode, message } = own.renderProblem(problem, { path: '', locale: null }) as Own
    return row([String(statusCode), quote(message)])
  })
  const list = (rows: { status: number; message: string }[]) =>
    rows.map(({ status, message }) => row([String(status), quote(message)])).join('\n')
  return `## The routes of our own

\`/healthz\`, \`/readyz\`, \`/metrics\`, \`/openapi.json\`, \`/docs\`, \`/.well-known/jwks.json\`, \`/admin/v1/…\`, and every path
that no dialect answers for: \`{"statusCode", "message"}\`, English. A 400 about fields names each, up to five, such as
\`name must be a text of 1 to 100 characters\`.

| Status | Message |
| --- | --- |
${ownRows.join('\n')}

\`/metrics\` answers 401 \`The token of an operator is needed\` in production to who is neither on loopback nor brings it.

The admin API, beside these ([admin.md](admin.md)):

| Status | Message |
| --- | --- |
${list(collectAdminErrors())}

## What is no HTTP request

Answered before any dialect is asked, as \`{"statusCode", "message"}\`; the connection ends.

| Status | Message |
| --- | --- |
${list(collectBrokenHttp())}
`
}

type Own = { statusCode: number; message: string }

const row = (cells: string[]): string => `| ${cells.join(' | ')} |`
const quote = (text: string): string => `\`${text}\``
