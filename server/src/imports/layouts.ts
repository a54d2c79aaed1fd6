import type { AccountFields } from '../engine/accounts/prepare-account.ts'
import { auth0Layout } from './auth0-layout.ts'
import type { Values } from './file-record.ts'
import { firebaseLayout } from './firebase-layout.ts'
import type { Layout } from './layout.ts'
import { ownLayout, ownNames } from './own-layout.ts'
import { supabaseLayout } from './supabase-layout.ts'

/** The systems whose files are recognised by their names. Ours takes what is nobody else's. */
const layouts: readonly Layout[] = [supabaseLayout, firebaseLayout, auth0Layout, ownLayout]

/** Reads records of any of the layouts, and collects the names that were skipped. */
export type RecordReader = {
  /** What is wrong with the names of a file; null if it can be read. */
  judgeNames(names: string[], options: { isTable: boolean }): string | null
  /** The fields of an account, or what is wrong with the whole record. */
  read(values: Values): AccountFields | string
  skipped: ReadonlySet<string>
}

/** Other systems have many names that mean nothing here; one that is unknown in a file of ours may be misspelt. */
export function createRecordReader({ skipsUnknown }: { skipsUnknown: boolean }): RecordReader {
  const skipped = new Set<string>()
  const judgeUnknown = (layout: Layout, names: string[]): string | null => {
    const unknown = names.filter((name) => !layout.reads(name))
    if (unknown.length > 0 && layout === ownLayout && !skipsUnknown) return renderUnknown(unknown)
    for (const name of unknown) skipped.add(name)
    return null
  }
  return {
    judgeNames(names, { isTable }) {
      const layout = layoutOf(names)
      return judgeUnknown(layout, names) ?? (isTable ? layout.judgeNames(names) : null)
    },
    read(values) {
      const names = Object.keys(values)
      const layout = layoutOf(names)
      return judgeUnknown(layout, names) ?? layout.read(values)
    },
    skipped,
  }
}

function layoutOf(names: string[]): Layout {
  const found = new Set(names)
  return layouts.find((layout) => layout.isOf(found)) ?? ownLayout
}

const renderUnknown = (names: string[]): string =>
  `there is no column ${names.map((name) => `"${name}"`).join(', ')}; there are ${ownNames.join(', ')}. ` +
  'Rename or remove it, or pass --skip-unknown-columns'
