import { fileURLToPath } from 'node:url'
import { type BuiltFiles, readBuiltFiles } from '../http/built-files.ts'

/** Where the console is: beside the built server, and in a clone, whose source runs as it is, where it is built. */
const places = ['../console/', '../../../console/dist/']

/** The files of the console; null where it has not been built. */
export function findConsole(): BuiltFiles | null {
  for (const place of places) {
    const files = readBuiltFiles(fileURLToPath(new URL(place, import.meta.url)))
    if (files !== null) return files
  }
  return null
}
