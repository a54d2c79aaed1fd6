import { isUtf8 } from 'node:buffer'
import { parseJsonText } from '../domain/json-text.ts'
import type { Issue, Problem } from './dialect.ts'

/** The result of reading a request's body. Problems and issues are values for the dialect to render; nothing is thrown. */
export type ReadBody =
  | { ok: true; body: Record<string, unknown>; issues: Issue[] }
  | { ok: false; problem: Problem }

/** A request without a body counts as `{}`, so that the answer names the missing fields. */
export const readNothing = (): ReadBody => ({ ok: true, body: {}, issues: noIssues })

/** Parses a JSON body: UTF-8 only (RFC 8259), and objects only. */
export function readBody(bytes: Buffer, contentType: string, contentEncoding: string | undefined): ReadBody {
  if (!isPlain('application/json', contentType, contentEncoding)) return unsupported
  if (bytes.length === 0) return readNothing()
  if (!isUtf8(bytes)) return malformed

  const text = bytes.toString()
  let value: unknown
  try {
    value = parseJsonText(text)
  } catch {
    return malformed
  }

  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, problem: notAnObject }
  const body = value as Record<string, unknown>
  // Only an escape can put a NUL or half a surrogate pair into valid UTF-8, and `__proto__` is rare. So nearly all
  // requests skip the walk over every string.
  const isSuspicious = text.includes('\\u') || text.includes('__proto__')
  return { ok: true, body, issues: isSuspicious ? cleanse(body) : noIssues }
}

/** Issues in the texts of a parsed query string or path, where percent-encoding can hide the same characters. */
export function validateTexts(query: Record<string, unknown>, where: 'query' | 'path'): Issue[] {
  const issues: Issue[] = []
  for (const name in query) {
    const values = [query[name]].flat()
    if (!isStorable(name)) issues.push(unstorable(where, ''))
    else if (values.some((value) => !isStorable(String(value)))) issues.push(unstorable(where, name))
  }
  return issues
}

const noIssues: Issue[] = []
const unsupported: ReadBody = { ok: false, problem: { kind: 'unsupported-media-type' } }
const malformed: ReadBody = { ok: false, problem: { kind: 'malformed' } }
const notAnObject: Problem = {
  kind: 'invalid',
  issues: [{ where: 'body', field: '', keyword: 'type', message: 'must be object' }],
}

/** False for a compressed body: its size would be unknown until it is unpacked. */
export function isPlain(
  mediaType: string,
  contentType: string,
  contentEncoding: string | undefined,
): boolean {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') return false
  if (contentType === mediaType) return true
  const charset = /;\s*charset\s*=\s*("?)([^";\s]+)\1/i.exec(contentType)?.[2]
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)
}

/**
 * Lists the strings that PostgreSQL cannot store, and removes `__proto__` members: unknown fields that a later assignment
 * could turn into a prototype. Iterative, because 16 KiB can nest 8,000 levels.
 */
function cleanse(body: object): Issue[] {
  const issues: Issue[] = []
  const open: { node: Record<string, unknown>; path: string }[] = [
    { node: body as Record<string, unknown>, path: '' },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, path } = next
    Reflect.deleteProperty(node, '__proto__')
    for (const key of Object.keys(node)) {
      const value = node[key]
      const field = path === '' ? key : `${path}.${key}`
      if (!isStorable(key)) issues.push(unstorable('body', path))
      else if (typeof value === 'string' && !isStorable(value)) issues.push(unstorable('body', field))
      else if (typeof value === 'object' && value !== null)
        open.push({ node: value as Record<string, unknown>, path: field })
    }
  }
  return issues
}

export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

export const unstorable = (where: 'body' | 'query' | 'path', field: string): Issue => ({
  where,
  field,
  keyword: 'format',
  message: 'must not contain NUL or half a surrogate pair',
})
