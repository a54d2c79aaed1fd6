import { encodeForm, type Language } from './language.ts'

export const curl: Language = {
  id: 'curl',
  name: 'curl',
  highlighting: 'sh',
  write({ method, url, headers, body }) {
    const isImplied = method === 'GET' || (method === 'POST' && body !== null)
    const data =
      body === null ? null : body.type === 'json' ? JSON.stringify(body.value) : encodeForm(body.fields)
    const parts = [
      `curl ${isImplied ? '' : `-X ${method} `}${quote(url)}`,
      ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
      ...(data === null ? [] : [`-d ${quote(data)}`]),
    ]
    return parts.join(' \\\n  ')
  },
}

/** Within single quotes a shell interprets nothing but the single quote. */
const quote = (text: string): string =>
  /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
