import { escapeHtml } from '../http/escape-html.ts'
import type { OpenApiDocument, Operation } from '../http/openapi.ts'
import { renderCode } from './code-figure.ts'
import { accessOf, type ExampleHeaders, exampleRequestOf, schemesOf } from './example-request.ts'
import type { Reading } from './layout.ts'
import { guideAddress } from './layout.ts'
import type { Api, Entry } from './operations.ts'
import { relativeLink } from './relative-link.ts'
import { renderField, renderFields, renderSentence } from './render-fields.ts'
import { renderRequest } from './render-request.ts'
import { renderTabs } from './render-tabs.ts'
import { renderTrial } from './render-trial.ts'

export type ReferenceParts = {
  components: OpenApiDocument['components']
  url: string
  /** In development the headers of requests to paste, and a form that sends them; null elsewhere. */
  exampleHeaders: ExampleHeaders | null
  hasGuide: (slug: string) => boolean
}

/** The page of an API: what it answers, and where its guide is. */
export function renderApiPage({ title, address, guide, entries }: Api, parts: ReferenceParts): Reading {
  const to = (path: string) => escapeHtml(relativeLink(address, path))
  const rows = entries.map(
    ({ method, path, operation, address: page }) =>
      `<tr><td><span class="method ${method.toLowerCase()}">${method}</span></td><td><a href="${to(page)}"><code>${breakable(path)}</code></a></td><td>${renderSentence(operation.summary)}</td><td>${accessOf(operation, parts.components)}</td></tr>`,
  )
  const written = parts.hasGuide(guide)
    ? ` How it behaves is in <a href="${to(guideAddress(guide))}">its guide</a>.`
    : ''
  return {
    address,
    title: `${title} API`,
    kind: 'guide',
    main: `<p class="kind">API reference</p>
<h1>${escapeHtml(title)}</h1>
<p class="lead">After this page you know the ${entries.length} routes of this API and which one does what you need.${written}</p>
<div class="table" tabindex="0"><table><thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it does</th><th scope="col">Access</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`,
  }
}

/** The page of a route: what it takes and answers beside the request to paste and every answer. */
export function renderEntryPage(api: Api, entry: Entry, parts: ReferenceParts): Reading {
  const { method, path, operation, address } = entry
  const request = exampleRequestOf(entry, { ...parts, exampleHeaders: parts.exampleHeaders ?? {} })
  const to = (target: string) => escapeHtml(relativeLink(address, target))
  const statuses = Object.keys(operation.responses).length
  return {
    address,
    title: `${operation.summary} · ${api.title}`,
    kind: 'reference',
    main: `<div class="intro">
<p class="kind"><a href="${to(api.address)}">${escapeHtml(api.title)}</a></p>
<h1>${renderSentence(operation.summary)}</h1>
<p class="route"><span class="method ${method.toLowerCase()}">${method}</span> <code>${breakable(path)}</code></p>
<p class="lead">After this page you can call this route and tell its ${statuses} statuses apart.</p>
${paragraphs(operation.description)}
<p>${renderAccess(operation, parts.components)}</p>
</div>
<section class="examples" aria-label="Examples">
${renderRequest(request, 'Request')}
${parts.exampleHeaders === null ? '' : renderTrial({ request, operation })}
${renderAnswerExamples(operation)}
</section>
<div class="details">
${renderParameters(operation)}
${renderBody(operation)}
${renderAnswers(operation)}
${renderErrors(operation)}
</div>`,
  }
}

const paragraphs = (text = ''): string =>
  text
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${renderSentence(paragraph)}</p>`)
    .join('\n')

/** A path may break after each of its signs, and is copied without the breaks. */
const breakable = (path: string): string => escapeHtml(path).replaceAll('/', '/<wbr>')

function renderAccess(operation: Operation, components: OpenApiDocument['components']): string {
  const [scheme] = schemesOf(operation.security, components)
  if (scheme === undefined) return 'It is public: it needs neither a key nor a token.'
  if (scheme.type === 'apiKey')
    return `It needs an API key in the header <code>${escapeHtml(scheme.name ?? '')}</code>; only there is it looked for.`
  return scheme.scheme === 'basic'
    ? 'It needs a user and a password in the header <code>authorization</code>, as <code>Basic</code>.'
    : 'It needs a token in the header <code>authorization</code>, as <code>Bearer</code>.'
}

function renderParameters({ parameters }: Operation): string {
  const groups = [
    ['path', 'In the path'],
    ['query', 'In the query'],
    ['header', 'Headers'],
  ] as const
  return groups
    .map(([where, title]) => {
      const mine = parameters.filter((parameter) => parameter.in === where)
      if (mine.length === 0) return ''
      const items = mine.map(({ name, required, description, schema }) =>
        renderField({
          name: String(name),
          isRequired: required === true,
          schema,
          ...(typeof description === 'string' ? { description } : {}),
        }),
      )
      return `<h2 id="${where}">${title}</h2>\n<ul class="fields">${items.join('\n')}</ul>`
    })
    .join('\n')
}

function renderBody({ requestBody }: Operation): string {
  const [[type = '', { schema = {} } = {}] = []] = Object.entries(requestBody?.content ?? {})
  if (type === '') return ''
  const types = Object.keys(requestBody?.content ?? {}).map((name) => `<code>${name}</code>`)
  return `<h2 id="body">Body</h2>\n<p>As ${types.join(' or ')}.</p>\n${renderFields(schema)}`
}

const isError = (status: string): boolean => Number(status) >= 400

function renderAnswers({ responses }: Operation): string {
  const good = Object.entries(responses).filter(([status]) => !isError(status))
  const answers = good.map(([status, { description, content = {} }]) => {
    const [schema] = Object.values(content).map((body) => body.schema)
    return `<h3 id="answer-${status}">${renderStatus(status)}</h3>\n<p>${renderSentence(description)}</p>\n<div class="answered">${renderFields(schema)}</div>`
  })
  return `<h2 id="answers">Answers</h2>\n${answers.join('\n')}`
}

const renderStatus = (status: string): string =>
  `<span class="status ${isError(status) ? 'bad' : 'good'}">${status}</span>`

/** Every error with what to do; one row for each message, below the sentence about its status. */
function renderErrors({ responses }: Operation): string {
  const bodies = Object.entries(responses)
    .filter(([status]) => isError(status))
    .map(([status, { description, content = {} }]) => {
      const examples = Object.values(content).flatMap((body) => Object.values(body.examples ?? {}))
      const first = `<tr class="meaning"><th scope="rowgroup" colspan="2"><label for="shown-${status}">${renderStatus(status)}</label> ${renderSentence(description)}</th></tr>`
      const rows = uniqueBy(examples, ({ value }) => messageOf(value)).map(
        ({ value, description: remedy = '' }) =>
          `<tr><td>${escapeHtml(messageOf(value))}</td><td>${renderSentence(remedy)}</td></tr>`,
      )
      return `<tbody>${first}${rows.join('\n')}</tbody>`
    })
  return `<h2 id="errors">Errors</h2>
<div class="table" tabindex="0"><table class="errors"><thead><tr><th scope="col">It says</th><th scope="col">What to do</th></tr></thead>${bodies.join('\n')}</table></div>`
}

const uniqueBy = <Item>(items: Item[], keyOf: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
]

/** The sentence of an error, wherever its envelope has it. */
function messageOf(value: unknown): string {
  if (typeof value === 'string') return value
  const { message } = value as { message?: unknown }
  return typeof message === 'string' ? message : JSON.stringify(value)
}

/** Every answer by its status. */
const renderAnswerExamples = ({ responses }: Operation): string =>
  renderTabs({
    title: 'Answers',
    name: 'shown',
    kind: 'answers',
    tabs: Object.entries(responses).map(([status, { description, content = {} }]) => {
      const examples = Object.values(content).flatMap((body) => Object.entries(body.examples ?? {}))
      const blocks = examples.map(([name, { value }]) =>
        typeof value === 'string'
          ? renderCode(value, 'text', name)
          : renderCode(JSON.stringify(value, null, 2), 'json', name),
      )
      return {
        value: status,
        label: status,
        html: blocks.join('\n') || `<p>${renderSentence(description)}</p>`,
      }
    }),
  })
