import type { Problem } from '../../src/http/dialect.ts'
import { problemStatus } from '../../src/http/dialect.ts'
import { readFiles, type SourceFile } from './source-files.ts'

/*
 * What can be answered beside success, read off the tables in the code: the tables are private to their routes, so this
 * reads their text. docs/errors.md is made of it.
 */

export type Catalogue = Record<string, string>

export type ErrorRow = {
  status: number
  /** The key in the dialect's `messages.ts`. */
  name: string
  /** The paths that answer it; empty for all that can. */
  paths: string[]
  /** A complaint about a field or header: it comes wherever that is read. */
  isAboutInput: boolean
}

export type ErrorTable = {
  rows: ErrorRow[]
  /** Messages about one field, which stand inside another answer. */
  fields: string[]
  /** Messages of success. */
  successes: string[]
  /** What no table, success or field mentions: a message that nobody can ever get. */
  unplaced: string[]
}

/** Collects the table of one dialect. `names` are the keys of its messages. */
export function collectErrors(dialect: string, names: string[]): ErrorTable {
  const files = readFiles(`server/src/dialects/${dialect}`).filter(
    ({ path }) => !path.endsWith('messages.ts'),
  )
  const found = new Map<string, ErrorRow>()
  const add = (status: number, name: string, paths: string[], isAboutInput = false) => {
    if (status < 400 || !names.includes(name)) return
    const key = `${status} ${name}`
    const row = found.get(key) ?? { status, name, paths: [], isAboutInput }
    const isEverywhere = paths.length === 0 || (found.has(key) && row.paths.length === 0)
    found.set(key, { ...row, paths: isEverywhere ? [] : [...new Set([...row.paths, ...paths])].sort() })
  }

  for (const file of files) {
    for (const { status, name, table } of errorsIn(file)) add(status, name, pathsOf(file, table, files))
  }
  for (const [kind, name] of problemsIn(files)) add(problemStatus[kind], name, [])

  const successes = names.filter((name) => files.some(({ text }) => isSuccess(text, name)))
  const placed = new Set([...[...found.values()].map((row) => row.name), ...successes])
  const rest = names.filter((name) => !placed.has(name) && files.some(({ text }) => mentions(text, name)))
  // What judges a request before its route does, and names no status, is wrong input: 400.
  const fields = dialect === 'account' ? rest.filter((name) => name !== 'invalid') : []
  for (const name of rest) if (!fields.includes(name)) add(400, name, complainers(name, files), true)
  return {
    rows: [...found.values()].sort(
      (a, b) => a.status - b.status || names.indexOf(a.name) - names.indexOf(b.name),
    ),
    fields,
    successes,
    unplaced: names.filter((name) => !placed.has(name) && !rest.includes(name)),
  }
}

type Found = { status: number; name: string; table: string | null }

/** `{ status: 429, message: 'tooMany' }` and what is written like it, with the table that it stands in. */
function errorsIn({ text }: SourceFile): Found[] {
  const literals = [...text.matchAll(/status: (\d{3}),\s+message: ([^}]+?),?\s*\}/g)].flatMap((match) =>
    quotedIn(match[2] ?? '').map((name) => ({
      status: Number(match[1]),
      name,
      table: tableAt(text, match.index),
    })),
  )
  const bodies = [...text.matchAll(/status: (\d{3}),\s+body: errorBody\('(\w+)'/g)].map((match) => ({
    status: Number(match[1]),
    name: match[2] ?? '',
    table: tableAt(text, match.index),
  }))
  const refused = [...text.matchAll(/\brefuse\(([^)]*)\)/g)].flatMap((match) =>
    quotedIn(match[1] ?? '').map((name) => ({ status: 400, name, table: null })),
  )
  return [...literals, ...bodies, ...refused]
}

const quotedIn = (text: string): string[] => [...text.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)
const mentions = (text: string, name: string): boolean => new RegExp(`'${name}'|\\.${name}\\b`).test(text)

/** The exported constant or function that a place belongs to; null for a private one. */
const tableAt = (text: string, index: number): string | null =>
  lastOf(text.slice(0, index), /^(export )?const (\w+)/gm)

function lastOf(text: string, pattern: RegExp): string | null {
  const last = [...text.matchAll(pattern)].at(-1)
  return last?.[1] === undefined ? null : (last[2] ?? null)
}

/** The paths of a file's own route, or of the routes that use what it exports; what it keeps for itself serves all. */
function pathsOf(file: SourceFile, table: string | null, files: SourceFile[]): string[] {
  const own = routesIn(file)
  if (table === null) return own
  const users = files.filter(({ text }) => new RegExp(`\\b${table}\\b`).test(text))
  return [...own, ...users.flatMap(routesIn)]
}

const kikapuPaths: Record<string, string> = {
  'paths.verifyOtp': '/auth/api/verify-otp/',
  'paths.resendOtp': '/auth/api/resend-otp/',
  'paths.agentLogin': '/auth/api/agent/login/',
}

const routesIn = ({ text }: SourceFile): string[] =>
  [...text.matchAll(/^ +path: (?:'([^']+)'|(paths\.\w+)),$/gm)].map(
    ([, written, named = '']) => written ?? kikapuPaths[named] ?? named,
  )

/** Where a complaint about input can come up: in the routes that document it, else in all. */
const complainers = (name: string, files: SourceFile[]): string[] =>
  files.filter(({ text }) => mentions(text, name)).flatMap(routesIn)

function problemsIn(files: SourceFile[]): [Problem['kind'], string][] {
  const table = files.map(({ text }) => /const problemMessages = \{([^}]*)\}/.exec(text)?.[1] ?? '').join()
  const written = [...table.matchAll(/'?([\w-]+)'?: '(\w+)'/g)].map(([, kind = '', name = '']) => [
    kind,
    name,
  ])
  const invalid = files.some(({ text }) => text.includes("errorBody('invalid'"))
    ? [['invalid', 'invalid']]
    : []
  const fault = files.some(({ text }) => text.includes("renderBody('fault'")) ? [['fault', 'fault']] : []
  return [...written, ...invalid, ...fault] as [Problem['kind'], string][]
}

const isSuccess = (text: string, name: string): boolean =>
  new RegExp(`status: 20\\d, message: '${name}'|messagesFor\\((locale|null)\\)\\.${name}\\b`).test(text)

/** What the admin API says in so many words: `renderError(404, 'There is no such …')`. */
export function collectAdminErrors(): { status: number; message: string }[] {
  const found = readFiles('server/src/admin').flatMap(({ text }) =>
    [...text.matchAll(/(?:renderError\(|statusCode: )\s*(\d{3}),\s*(?:message: )?'([^']+)'/g)].map(
      ([, status, message = '']) => ({ status: Number(status), message }),
    ),
  )
  const distinct = new Map(found.map((row) => [`${row.status} ${row.message}`, row]))
  return [...distinct.values()].sort((a, b) => a.status - b.status || a.message.localeCompare(b.message))
}

/** What is answered to bytes that are no request: the table of `http/app.ts`. */
export function collectBrokenHttp(): { status: number; message: string }[] {
  const text = readFiles('server/src/http', (path) => path.endsWith('/app.ts'))[0]?.text ?? ''
  return [...text.matchAll(/\['(\d{3}) [\w ]+', '([^']+)'\]/g)].map(([, status, message = '']) => ({
    status: Number(status),
    message,
  }))
}
