import { createHash, hkdfSync } from 'node:crypto'
import type { Challenge } from '../../domain/challenge.ts'
import { type CodeKey, deriveCode } from '../../domain/code.ts'
import type { CodeOf } from '../../domain/judge-check.ts'
import type { Secret } from '../../domain/secret.ts'

/** The keys for codes. New challenges use `current`; each challenge names the key that it uses. */
export type CodeKeyring = { current: CodeKey; codeOf: CodeOf }

/** Derives the keys for codes from the master secret and, while it is being replaced, the previous one. */
export function createCodeKeyring({
  current,
  previous,
}: {
  current: Secret
  previous: Secret | null
}): CodeKeyring {
  const newest = deriveCodeKey(current)
  const keys = previous === null ? [newest] : [newest, deriveCodeKey(previous)]
  return {
    current: newest,
    codeOf(challenge) {
      const key = keys.find(({ id }) => id === challenge.keyId)
      return key === undefined ? null : deriveCode(key, challenge)
    },
  }
}

/** The code of a challenge for its message. Throws if its key no longer exists. */
export function revealCode({ codeOf }: CodeKeyring, challenge: Challenge): Secret {
  const code = codeOf(challenge)
  if (code === null) throw new Error(`challenge ${challenge.id} has a code that this server cannot derive`)
  return code
}

/** HKDF-SHA-256 (RFC 5869), with one label for each use, so that no key has two uses. */
function deriveCodeKey(secret: Secret): CodeKey {
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', `watchword/${label}/1`, 32))
  const id = createHash('sha256').update(derive('code-key-id')).digest('hex').slice(0, 8)
  return { id, key: derive('code-derivation') }
}
