import { createHash } from 'node:crypto'
import { escapeHtml } from './escape-html.ts'
import type { OpenApiDocument, Operation } from './openapi.ts'

/** Another page of ours that the documentation links to. */
export type PageLink = { path: string; title: string }

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; --line: #8886; --soft: #8881; --dim: #595959 }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 76rem }
h1 { margin: 0; line-height: 1.2 }
h2 { margin: 2.5rem 0 .75rem; text-transform: capitalize }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem }
p, ul { margin: .4rem 0 }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 1rem 0 0; padding: 0 }
nav a { display: block; border: 1px solid var(--line); border-radius: 2rem; padding: .2rem .9rem; text-decoration: none; text-transform: capitalize }
nav a:hover { background: var(--soft) }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0 }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: .5rem .5rem 0 0 }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .75rem; cursor: pointer; padding: .55rem .9rem; border-radius: .5rem; list-style: none }
summary:hover { background: var(--soft) }
summary::-webkit-details-marker { display: none }
summary::before { content: "▸" }
details[open] > summary::before { content: "▾" }
summary code { font-weight: 600; overflow-wrap: anywhere }
.route { padding: .25rem .9rem 1rem }
.method { font: 600 .8rem/1 ui-monospace, monospace; color: #fff; background: #1d5fb8; border-radius: .3rem; padding: .25rem .45rem; min-width: 3.2rem; text-align: center }
.get { background: #1a7042 } .delete { background: #a8323c } .patch, .put { background: #85560b }
.dim { color: var(--dim) }
.access { margin-left: auto }
code, pre { font: .9rem/1.45 ui-monospace, monospace }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem .8rem; border-radius: .4rem; margin: .3rem 0 .6rem }
:focus-visible { outline: 3px solid #4c8dff; outline-offset: 2px }
@media (prefers-color-scheme: dark) { :root { --dim: #b4b4b4 } a { color: #8ab8ff } }
`

/** No script, nothing from other origins, and only this style: the page works wherever the server does. */
export const documentationPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The values of headers that the requests to paste have, by name in lower case. Others are shown as `<name>`. */
export type ExampleHeaders = Readonly<Record<string, string>>

/** Renders the routes for people: by mount, each with a request to paste and every answer. */
export function renderDocumentationPage(
  { info, tags, paths, servers }: OpenApiDocument,
  links: PageLink[],
  exampleHeaders: ExampleHeaders = {},
): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const url = String(servers[0]?.url ?? '')
  const sections = tags.map(({ name }) => {
    const mine = operations.filter(({ operation }) => operation.tags.includes(name))
    const routes = mine.map((entry) => renderOperation({ ...entry, url, exampleHeaders })).join('\n')
    return `<section aria-labelledby="${idOf(name)}">\n<h2 id="${idOf(name)}">${escapeHtml(name)}</h2>\n${routes}\n</section>`
  })
  const entries = tags.map(({ name }) => `<li><a href="#${idOf(name)}">${escapeHtml(name)}</a></li>`)
  const others = [{ path: '/openapi.json', title: 'openapi.json' }, ...links].map(
    ({ path, title }) => `<a href="${escapeHtml(path.slice(1))}">${escapeHtml(title)}</a>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Watchword: the routes</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Watchword <span class="dim">${escapeHtml(String(info.version))}</span></h1>
<p>Every route of this server at <code>${escapeHtml(url)}</code>. See also: ${others.join(' · ')}</p>
<nav aria-label="APIs"><ul>${entries.join('')}</ul></nav>
</header>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`
}

const idOf = (tag: string): string => `api-${tag.replace(/[^a-zA-Z0-9]+/g, '-')}`

type Shown = {
  path: string
  method: string
  operation: Operation
  url: string
  exampleHeaders: ExampleHeaders
}

function renderOperation(shown: Shown): string {
  const { path, method, operation } = shown
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const answers = Object.entries(responses).map(
    ([status, { description: meaning, content }]) =>
      `<h3>${status}</h3>\n<p>${renderSentence(meaning)}</p>\n${renderExamples(content)}`,
  )
  const examples = requestBody?.content['application/json']?.examples ?? {}
  // The command shows the first one already.
  const otherExamples = renderValues(Object.entries(examples).slice(1))
  return `<details id="${operationId}">
<summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code> <span>${escapeHtml(summary)}</span> <span class="dim access">${accessOf(operation)}</span></summary>
<div class="route">
${description === undefined ? '' : `<p>${renderSentence(description)}</p>`}
<h3>Request</h3>
<pre>${escapeHtml(renderCommand(shown))}</pre>
${renderParameters(parameters)}
${otherExamples}
${answers.join('\n')}
</div>
</details>`
}

function accessOf({ security }: Operation): string {
  const [scheme] = security.flatMap((names) => Object.keys(names))
  if (scheme === undefined) return 'public'
  return scheme === 'bearer' ? 'token' : 'API key'
}

/** The request as a shell command, with the first example of the document. */
function renderCommand({ path, method, operation, url, exampleHeaders }: Shown): string {
  const { security, parameters, requestBody } = operation
  const schemes = security.flatMap((names) => Object.keys(names))
  const required = parameters.filter((parameter) => parameter.in === 'header' && parameter.required === true)
  const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {})
  const headers = [
    ...(requestBody === undefined ? [] : ['content-type: application/json']),
    ...(schemes.includes('apiKey') ? [`x-api-key: ${exampleHeaders['x-api-key'] ?? '<your_api_key>'}`] : []),
    ...(schemes.includes('bearer') ? ['authorization: Bearer <token>'] : []),
    ...required.map(({ name }) => `${name}: ${exampleHeaders[String(name).toLowerCase()] ?? `<${name}>`}`),
  ]
  const parts = [
    `curl ${method === 'get' || (method === 'post' && example !== undefined) ? '' : `-X ${method.toUpperCase()} `}${quote(url + path)}`,
    ...headers.map((header) => `-H ${quote(header)}`),
    ...(example === undefined ? [] : [`-d ${quote(JSON.stringify(example.value))}`]),
  ]
  return parts.join(' \\\n  ')
}

/** Within single quotes a shell interprets nothing but the single quote. */
const quote = (text: string): string =>
  /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

function renderParameters(parameters: Operation['parameters']): string {
  if (parameters.length === 0) return ''
  const items = parameters.map(({ name, in: where, required, description }) => {
    const need = required === true ? '' : ', optional'
    const text = typeof description === 'string' ? `: ${renderSentence(description)}` : ''
    return `<li><code>${escapeHtml(String(name))}</code> <span class="dim">(${where}${need})</span>${text}</li>`
  })
  return `<ul>${items.join('')}</ul>`
}

const renderExamples = (content: NonNullable<Operation['requestBody']>['content'] = {}): string =>
  renderValues(Object.values(content).flatMap(({ examples = {} }) => Object.entries(examples)))

const renderValues = (examples: [string, { value: unknown }][]): string =>
  examples
    .map(
      ([name, { value }]) =>
        `<p class="dim">${escapeHtml(name)}</p>\n<pre>${escapeHtml(renderValue(value))}</pre>`,
    )
    .join('\n')

/** JSON, except that a text is shown as it is. */
const renderValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2)

/** A sentence of a description; text in backticks is code. */
const renderSentence = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
