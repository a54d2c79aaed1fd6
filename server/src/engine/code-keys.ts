import { createHash, hkdfSync } from 'node:crypto'
import type { CodeKeys } from '../domain/code.ts'
import type { Secret } from '../domain/secret.ts'

/** The keys for codes: write with `current`, read with any of `all`, so that a secret can be replaced under load. */
export type CodeKeyring = { current: CodeKeys; all: CodeKeys[]; find(id: string): CodeKeys | null }

/** Derives the keys for codes from the master secret and, while it is being replaced, the previous one. */
export function createCodeKeyring({
  current,
  previous,
}: {
  current: Secret
  previous: Secret | null
}): CodeKeyring {
  const all = (previous === null ? [current] : [current, previous]).map(deriveCodeKeys)
  const [first] = all
  if (first === undefined) throw new Error('a key ring needs a key')
  return { current: first, all, find: (id) => all.find((keys) => keys.id === id) ?? null }
}

/** HKDF-SHA-256 (RFC 5869), one label for each use, so that no key serves two. */
function deriveCodeKeys(secret: Secret): CodeKeys {
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', `watchword/${label}/1`, 32))
  const id = createHash('sha256').update(derive('code-key-id')).digest('hex').slice(0, 8)
  return { id, derivation: derive('code-derivation'), digest: derive('code-digest') }
}
