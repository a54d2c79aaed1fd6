import { indent, type ExampleBody, type Language } from './language.ts'

// `requests` and not the standard library: that one raises an exception at a 4xx, whose body is what a caller wants to read.
export const python: Language = {
  id: 'python',
  name: 'Python',
  highlighting: 'python',
  write({ method, url, headers, body }) {
    // The library says the type of what it encodes.
    const own = body === null ? headers : headers.filter(([name]) => name !== 'content-type')
    const options = [
      `${quote(url)},`,
      ...(own.length === 0
        ? []
        : [
            `headers={\n${own.map(([name, value]) => `        ${quote(name)}: ${quote(value)},`).join('\n')}\n    },`,
          ]),
      ...(body === null ? [] : [writeBody(body)]),
    ]
    return `import requests

response = requests.${method.toLowerCase()}(
${options.map((option) => `    ${option}`).join('\n')}
)
print(response.status_code, response.text)`
  },
}

const writeBody = (body: ExampleBody): string =>
  body.type === 'json'
    ? `json=${indent(writeValue(body.value), 4)},`
    : `data=${indent(writeValue(Object.fromEntries(body.fields)), 4)},`

function writeValue(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object') return String(value)
  const [begin, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const members = Array.isArray(value)
    ? value.map(writeValue)
    : Object.entries(value).map(([name, member]) => `${quote(name)}: ${writeValue(member)}`)
  if (members.length === 0) return begin + end
  return `${begin}\n    ${members.map((member) => `${indent(member, 4)},`).join('\n    ')}\n${end}`
}

/** A text of JSON is one of the language. */
const quote = (text: string): string => JSON.stringify(text)
