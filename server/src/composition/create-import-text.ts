import { createPrepareAccount } from '../engine/accounts/prepare-account.ts'
import type { ImportText } from '../engine/operations/run-imports.ts'
import type { ImportStore } from '../engine/ports/imports.ts'
import { importFile } from '../imports/import-file.ts'
import { parsePasswordHash } from '../passwords/hash-kinds.ts'
import type { NodeParts } from './node-parts.ts'

/** So many bad lines are shown; whoever has more mends these first. */
const badMax = 1_000

/** Imports the text of a file, as the command line imports a file. */
export function createImportText(
  { imports }: { imports: ImportStore },
  { hashing, commonPasswords }: Pick<NodeParts, 'hashing' | 'commonPasswords'>,
): ImportText {
  const prepare = createPrepareAccount({
    hash: hashing.hash,
    parsePasswordHash,
    loadCommonPasswords: async () => commonPasswords,
  })
  return async ({ content, ...request }, onShare) => {
    const bytes = Buffer.from(content, 'utf8')
    const report = await importFile(
      { chunks: inChunks(bytes), bytes: bytes.length },
      {
        ...request,
        prepare,
        parsePasswordHash,
        imports,
        progress: { update: (share) => onShare(share ?? 0), note() {} },
      },
    )
    const { lines, stored, withoutPassword, skipped, bad, headerProblem } = report
    return {
      lines,
      stored,
      withoutPassword,
      skipped,
      badLines: bad.length,
      bad: bad.slice(0, badMax),
      problem: headerProblem === null ? null : `line ${headerProblem.line}: ${headerProblem.reason}`,
    }
  }
}

async function* inChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
