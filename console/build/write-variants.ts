import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** A file as the server answers it; `files.json` lists them by path. */
type BuiltFile = { type: string; tag: string; isCompressed: boolean }

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A packet holds about this much; a smaller file gains nothing. */
const worthCompressingBytes = 1400

/**
 * Writes what the server needs to answer a file without computing anything: its type, its entity tag, and its bytes
 * compressed by Brotli and gzip.
 */
export function writeVariants(): Plugin {
  let directory = ''
  return {
    name: 'write-variants',
    apply: 'build',
    configResolved: ({ root, build }) => {
      directory = resolve(root, build.outDir)
    },
    closeBundle: () => {
      const entries = filesBelow(directory).map((path) => [path, describe(directory, path)] as const)
      writeFileSync(join(directory, 'files.json'), JSON.stringify(Object.fromEntries(entries)))
    },
  }
}

function describe(directory: string, path: string): BuiltFile {
  const type = types[extname(path)]
  if (type === undefined) throw new Error(`${path} has no media type; add it to ${import.meta.url}`)
  const file = join(directory, path)
  const bytes = readFileSync(file)
  const isCompressed = bytes.length > worthCompressingBytes
  if (isCompressed) {
    const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: quality }))
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  }
  return { type, tag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22), isCompressed }
}

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => path !== 'files.json')
