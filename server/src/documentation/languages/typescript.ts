import { indent, type ExampleBody, type Language, prettyJson } from './language.ts'

export const typescript: Language = {
  id: 'typescript',
  name: 'TypeScript',
  highlighting: 'typescript',
  write({ method, url, headers, body }) {
    const options = [
      ...(method === 'GET' ? [] : [`method: ${quote(method)},`]),
      ...(headers.length === 0
        ? []
        : [
            `headers: {\n${headers.map(([name, value]) => `    ${quote(name)}: ${quote(value)},`).join('\n')}\n  },`,
          ]),
      ...(body === null ? [] : [`body: ${writeBody(body)},`]),
    ]
    const given = options.length === 0 ? '' : `, {\n${options.map((option) => `  ${option}`).join('\n')}\n}`
    return `const response = await fetch(${quote(url)}${given})\nconsole.log(response.status, await response.text())`
  },
}

const writeBody = (body: ExampleBody): string =>
  body.type === 'json'
    ? `JSON.stringify(${indent(prettyJson(body.value), 2)})`
    : `new URLSearchParams(${indent(prettyJson(Object.fromEntries(body.fields)), 2)})`

/** A text of JSON is one of the language; single quotes are what its formatters write. */
const quote = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
