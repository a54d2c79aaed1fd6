import { isUtf8 } from 'node:buffer'
import type { Issue } from './dialect.ts'
import { isPlain, isStorable, type ReadBody, readNothing, unstorable } from './read-body.ts'

/**
 * Parses a form (WHATWG URL, section 5.1) as strictly as JSON: bytes that are not UTF-8 and invalid escapes are
 * malformed. A name that occurs once is a text; a repeated name is a list of texts, so that a schema that expects a text
 * refuses it instead of one value being picked silently.
 */
export function readForm(bytes: Buffer, contentType: string, contentEncoding: string | undefined): ReadBody {
  if (!isPlain('application/x-www-form-urlencoded', contentType, contentEncoding))
    return { ok: false, problem: { kind: 'unsupported-media-type' } }
  if (bytes.length === 0) return readNothing()
  const pairs = isUtf8(bytes) ? readPairs(bytes.toString()) : null
  if (pairs === null) return { ok: false, problem: { kind: 'malformed' } }

  const fields = new Map<string, string | string[]>()
  const issues: Issue[] = []
  for (const [name, value] of pairs) {
    // An unknown field that a later assignment could turn into a prototype.
    if (name === '__proto__') continue
    if (!isStorable(name)) issues.push(unstorable('body', ''))
    else if (!isStorable(value)) issues.push(unstorable('body', name))
    const known = fields.get(name)
    if (Array.isArray(known)) known.push(value)
    else fields.set(name, known === undefined ? value : [known, value])
  }
  return { ok: true, body: Object.fromEntries(fields), issues }
}

function readPairs(text: string): [name: string, value: string][] | null {
  try {
    return text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const end = pair.indexOf('=')
        return end === -1 ? [decode(pair), ''] : [decode(pair.slice(0, end)), decode(pair.slice(end + 1))]
      })
  } catch {
    return null
  }
}

/** Throws for an invalid escape, and for one that is not UTF-8. */
const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
