import type { Key } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { Meaning, type MeaningKind } from '../../components/meaning.tsx'
import { useWords } from '../../language/language.tsx'
import { words as projectWords } from './words.ts'

type KeyState = 'open' | 'expired' | 'revoked'

const meanings: Record<KeyState, MeaningKind> = { open: 'good', expired: 'warn', revoked: 'neutral' }

const stateOf = ({ revokedAt, expiresAt }: Key): KeyState =>
  revokedAt !== null ? 'revoked' : expiresAt !== null && new Date(expiresAt) < new Date() ? 'expired' : 'open'

/** The keys of a project, those that open it first. */
export function KeyList({ keys, onRevoke }: { keys: Key[]; onRevoke: ((key: Key) => void) | null }) {
  const words = useWords(projectWords)
  if (keys.length === 0) return <p className="text-14 text-grey-3">{words.noKeys}</p>
  const sorted = [...keys].sort(
    (one, other) => Number(one.revokedAt !== null) - Number(other.revokedAt !== null),
  )
  return (
    <ul>
      {sorted.map((key) => (
        <li
          key={key.keyId}
          className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 border-t border-grey-2 py-3 first:border-t-0"
        >
          <KeyFacts of={key} />
          {onRevoke !== null && stateOf(key) === 'open' && (
            <Button
              size="small"
              icon="trash"
              aria-label={words.revokeTitle(key.name)}
              onClick={() => onRevoke(key)}
            >
              {words.revoke}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

function KeyFacts({ of: key }: { of: Key }) {
  const words = useWords(projectWords)
  const state = stateOf(key)
  return (
    <div className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-3">
        <span className="font-strong">{key.name}</span>
        <span className="font-mono text-12 text-grey-3">{key.prefix}…</span>
        <span className="text-12">
          <Meaning kind={meanings[state]}>{words.keyStates[state]}</Meaning>
        </span>
      </p>
      <p className="mt-1 text-12 text-grey-3">
        {key.scopes.map((scope) => words.scopeNames[scope] ?? scope).join(', ')}
        {' · '}
        {key.lastUsedAt === null ? (
          words.neverUsed
        ) : (
          <>
            {words.lastUsed} <Time at={key.lastUsedAt} />
          </>
        )}
        {key.expiresAt !== null && state !== 'revoked' && (
          <>
            {' · '}
            {words.expires} <Time at={key.expiresAt} />
          </>
        )}
      </p>
    </div>
  )
}
