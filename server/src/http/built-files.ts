import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from './dialect.ts'
import { hasTag, takesCoding } from './kept-text.ts'
import type { TextAnswer } from './replies.ts'

/** Files that a build has put into a directory, with their compressed variants. */
export type BuiltFiles = {
  /** The answer with a file, or 304; null where there is no such file. */
  answer(path: string, headers: Call['headers']): TextAnswer | null
  /** A file as text. */
  read(path: string): string
}

type BuiltFile = { type: string; tag: string; isCompressed: boolean }

/** The codings by what is preferred, and how their files end. */
const codings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** Reads the list that the build wrote; null where nothing was built. */
export function readBuiltFiles(directory: string): BuiltFiles | null {
  const list = join(directory, 'files.json')
  if (!existsSync(list)) return null
  const files = new Map<string, BuiltFile>(Object.entries(JSON.parse(readFileSync(list, 'utf8'))))
  // A build is read once: what is asked for is what pages load, so all of it is small and asked for again.
  const read = rememberBytes((name) => readFileSync(join(directory, name)))
  return {
    read: (path) => read(path).toString('utf8'),
    answer(path, headers) {
      const file = files.get(path)
      if (file === undefined) return null
      const coding = file.isCompressed
        ? codings.find(([name]) => takesCoding(name, headers['accept-encoding']))
        : undefined
      const etag = `"${file.tag}${coding === undefined ? '' : `-${coding[0]}`}"`
      const shared = { etag, 'cache-control': cachingOf(path), vary: 'accept-encoding' }
      if (hasTag(headers['if-none-match'], etag))
        return { status: 304, contentType: file.type, text: '', headers: shared }
      return {
        status: 200,
        contentType: file.type,
        text: read(path + (coding?.[1] ?? '')),
        headers: { ...shared, ...(coding === undefined ? {} : { 'content-encoding': coding[0] }) },
      }
    },
  }
}

/** The name of a file in `assets/` changes with its content. */
const cachingOf = (path: string): string =>
  path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'

function rememberBytes(read: (name: string) => Buffer): (name: string) => Buffer {
  const known = new Map<string, Buffer>()
  return (name) => {
    const bytes = known.get(name) ?? read(name)
    known.set(name, bytes)
    return bytes
  }
}
