import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../domain/operator.ts'
import { createPrepareAccount } from '../engine/accounts/prepare-account.ts'
import type { ImportText } from '../engine/operations/run-imports.ts'
import type { ImportStore } from '../engine/ports/imports.ts'
import type { PasswordHashing } from '../engine/ports/password-hashing.ts'
import { Unavailable } from '../engine/ports/unavailable.ts'
import { importFile } from '../imports/import-file.ts'
import { parsePasswordHash } from '../passwords/hash-kinds.ts'
import type { NodeParts } from './node-parts.ts'

/** So many bad lines are shown; whoever has more mends these first. */
const badMax = 1_000

/** Imports the text of a file, as the command line imports a file. */
export function createImportText(
  importsFor: (actor: Actor) => ImportStore,
  { hashing, commonPasswords, isEnding }: Pick<NodeParts, 'hashing' | 'commonPasswords' | 'isEnding'>,
): ImportText {
  const prepare = createPrepareAccount({
    hash: createPatientHash(hashing.hash, isEnding),
    parsePasswordHash,
    loadCommonPasswords: async () => commonPasswords,
  })
  return async ({ content, actor, ...request }, onShare) => {
    const bytes = Buffer.from(content, 'utf8')
    const report = await importFile(
      { chunks: inChunks(bytes), bytes: bytes.length },
      {
        ...request,
        prepare,
        parsePasswordHash,
        imports: importsFor(actor),
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

const busyMilliseconds = 250

/** Hashes one password at a time, and waits while logins need every place: they come first. */
function createPatientHash(hash: PasswordHashing['hash'], isEnding: () => boolean): PasswordHashing['hash'] {
  let last: Promise<unknown> = Promise.resolve()
  const hashInTurn: PasswordHashing['hash'] = async (password) => {
    for (;;) {
      if (isEnding()) throw new Error('the node ends')
      try {
        return await hash(password)
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error
        await sleep(busyMilliseconds)
      }
    }
  }
  return (password) => {
    const hashed = last.then(() => hashInTurn(password))
    last = hashed.catch(() => {})
    return hashed
  }
}

async function* inChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
