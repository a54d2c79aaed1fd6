import { createHash } from 'node:crypto'
import type { Page } from './app.ts'
import { type OpenApiDocument, type OpenApiParts, type Operation, renderOpenApi } from './openapi.ts'

/** `/openapi.json` for machines and `/docs` for people, both rendered once. */
export function createDocumentationPages(parts: OpenApiParts): Page[] {
  const document = renderOpenApi(parts)
  const json = JSON.stringify(document)
  const html = renderPage(document)
  const styleHash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
  return [
    {
      path: '/openapi.json',
      respond: async () => ({ status: 200, contentType: 'application/json; charset=utf-8', text: json }),
    },
    {
      path: '/docs',
      respond: async () => ({
        status: 200,
        contentType: 'text/html; charset=utf-8',
        text: html,
        headers: { 'content-security-policy': policy },
      }),
    },
  ]
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
details { border: 1px solid #8886; border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer }
code, pre { font: .9rem/1.4 ui-monospace, monospace }
pre { overflow-x: auto; background: #8882; padding: .6rem; border-radius: .4rem }
.method { display: inline-block; min-width: 4rem; font-weight: 600 }
`

/** No script, nothing from elsewhere: the page works where the server works. */
function renderPage({ info, tags, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = tags.map(({ name }) => {
    const mine = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<h2>${escapeHtml(name)}</h2>\n${mine.map(renderOperation).join('\n')}`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Watchword: the routes</title>
<style>${style}</style>
</head>
<body>
<h1>Watchword ${escapeHtml(String(info.version))}</h1>
<p>Every route of this server. For machines: <a href="openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</body>
</html>
`
}

function renderOperation({
  path,
  method,
  operation,
}: {
  path: string
  method: string
  operation: Operation
}): string {
  const answers = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      `<h4>${status}</h4>\n<p>${escapeHtml(description)}</p>\n${renderExamples(content)}`,
  )
  const request = renderExamples(operation.requestBody?.content)
  return `<details id="${operation.operationId}">
<summary><span class="method">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary)}</summary>
${operation.description === undefined ? '' : `<p>${escapeHtml(operation.description)}</p>`}
${request === '' ? '' : `<h4>Request</h4>\n${request}`}
${answers.join('\n')}
</details>`
}

function renderExamples(content: NonNullable<Operation['requestBody']>['content'] | undefined): string {
  const examples = content?.['application/json']?.examples ?? {}
  return Object.entries(examples)
    .map(
      ([name, { value }]) =>
        `<p>${escapeHtml(name)}</p>\n<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`,
    )
    .join('\n')
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
