import { failureOf } from '../../api/failure.ts'
import { Notice } from '../../components/meaning.tsx'
import { useWords } from '../../language/language.tsx'
import { words as signInWords } from './words.ts'

/** Why a step did not work, beneath its form. It says as little as the server does: nobody learns who is an operator. */
export function SignInFailure({ error }: { error: unknown }) {
  const words = useWords(signInWords)
  if (error === null) return null
  return (
    <div className="mt-4">
      <Notice kind="bad">{describe(error, words)}</Notice>
    </div>
  )
}

function describe(error: unknown, words: (typeof signInWords)['en']): string {
  const { kind, reference, retryAfterSeconds } = failureOf(error)
  if (kind === 'too-many')
    return retryAfterSeconds === null ? words.tooManySoon : words.tooMany(retryAfterSeconds)
  if (kind === 'offline') return words.offline
  if (kind === 'fault') return words.broken(reference ?? '–')
  return words.refused
}
