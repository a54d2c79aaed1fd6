import { escapeHtml } from '../http/escape-html.ts'
import type { Operation } from '../http/openapi.ts'
import type { ExampleRequest } from './languages/language.ts'

/*
 * The form that sends a request from the page, in development only. It does nothing without the script, which therefore
 * shows it.
 */

/** The form of a route, filled with its example. */
export function renderTrial({
  request: { method, path, headers, body },
  operation: { parameters },
}: {
  request: ExampleRequest
  operation: Pick<Operation, 'parameters'>
}): string {
  const id = `try-${method}-${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const named = (where: string) =>
    parameters.filter((parameter) => parameter.in === where).map(({ name }) => String(name))
  const given = new Map(headers)
  const optional = named('header').filter((name) => !given.has(name))
  const inputs = [
    ...named('path')
      .filter((name) => path.includes(`{${name}}`))
      .map((name) => renderInput(id, 'path', name, '')),
    ...named('query').map((name) => renderInput(id, 'query', name, '')),
    ...[...given].map(([name, value]) => renderInput(id, 'header', name, value)),
    ...optional.map((name) => renderInput(id, 'header', name, '')),
  ]
  const text =
    body === null
      ? ''
      : `<label for="${id}-body">Body</label><textarea id="${id}-body" name="body" spellcheck="false" rows="${body.type === 'json' ? 6 : 3}">${escapeHtml(
          body.type === 'json'
            ? JSON.stringify(body.value, null, 2)
            : new URLSearchParams(body.fields).toString(),
        )}</textarea>`
  return `<details class="trial" hidden><summary>Try it here</summary>
<form data-method="${method}" data-path="${escapeHtml(path)}">
${inputs.join('\n')}
${text}
<button type="submit">Send the request</button>
<output></output>
</form></details>`
}

/** A placeholder is no value: it would be sent. */
function renderInput(id: string, kind: 'path' | 'query' | 'header', name: string, value: string): string {
  const isPlaceholder = value.includes('<')
  const filled = isPlaceholder ? value.slice(0, value.indexOf('<')) : value
  const hint = isPlaceholder ? ` placeholder="${escapeHtml(value)}"` : ''
  return `<label for="${id}-${kind}-${name}">${escapeHtml(name)}</label><input id="${id}-${kind}-${name}" name="${kind}:${escapeHtml(name)}" value="${escapeHtml(filled)}"${hint} autocomplete="off" spellcheck="false">`
}

/** A value that several forms of a page have in common: what is typed into one is in all of them. */
export type SharedField = { name: string; label: string; value: string }

/** A form that asks only for some values of the body and sends the rest as it is. */
export function renderShortTrial(
  { method, path, headers, body }: ExampleRequest,
  { button, fields }: { button: string; fields: SharedField[] },
): string {
  const value = (body?.type === 'json' ? body.value : {}) as Record<string, unknown>
  const hidden = headers.map(
    ([name, text]) => `<input type="hidden" name="header:${escapeHtml(name)}" value="${escapeHtml(text)}">`,
  )
  const id = `${method}-${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const inputs = fields.map((field) => {
    const [member = field.name] = Object.entries(value).find(([, text]) => text === field.value) ?? []
    return `<label for="${id}-${field.name}">${escapeHtml(field.label)}</label><input id="${id}-${field.name}" name="body:${escapeHtml(member)}" data-same="${field.name}" value="${escapeHtml(field.value)}" autocomplete="off" spellcheck="false">`
  })
  return `<form class="trial" data-method="${method}" data-path="${escapeHtml(path)}" hidden>
${hidden.join('')}${inputs.join('')}
<textarea name="body" hidden>${escapeHtml(JSON.stringify(value))}</textarea>
<button type="submit">${escapeHtml(button)}</button>
<output></output>
</form>`
}
