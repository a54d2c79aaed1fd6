import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * The repository as text, for the tests of how it is written. Files are read from the disk and not from Git, because a
 * copy of the folder need not have Git.
 */

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Generated folders, which `.gitignore` excludes. */
const madeByPrograms =
  /^(node_modules|dist(\.\w+)?|\.git|\.watchword|coverage|results)$|\.log$|\.tsbuildinfo$|^\.bootstrap-lock/

export type SourceFile = { path: string; text: string }

/** Every file of the repository below `folder`, with its path from the root. */
export function readFiles(folder = '', isWanted: (path: string) => boolean = () => true): SourceFile[] {
  return walk(join(root, folder))
    .map((file) => relative(root, file).split(sep).join('/'))
    .filter(isWanted)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (madeByPrograms.test(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return walk(path)
    return entry.isFile() ? [path] : []
  })
}

/** The modules that a TypeScript file names: `from '…'`, `import '…'` and `import('…')`. */
export const importsOf = ({ text }: SourceFile): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\s]+)'/g)].map(([, name]) => name ?? '')
