import { useQuery } from '@tanstack/react-query'
import { ownSessionsQuery } from '../../api/operators.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useWords } from '../../language/language.tsx'
import { useAttempt } from './use-attempt.ts'
import { words as youWords } from './words.ts'

const path = 'admin/v1/session/all'

/** Where the operator is signed in, and the way to end it. */
export function OwnSessions() {
  const words = useWords(youWords)
  const { data: sessions, error, refetch } = useQuery(ownSessionsQuery)
  const { isBusy, attempt } = useAttempt()
  const end = (below = '') => void attempt(() => request(path + below, { method: 'DELETE', body: {} }))
  if (sessions === undefined)
    return error === null ? (
      <Skeleton lines={2} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <>
      <ul>
        {sessions.map(({ sessionId, isCurrent, method, lastUsedAt, network, userAgent }) => (
          <li
            key={sessionId}
            className="flex flex-wrap items-center gap-4 border-t border-grey-2 py-3 text-14"
          >
            <div className="min-w-0 flex-1">
              <p className="break-words">{userAgent ?? words.unknownBrowser}</p>
              <p className="text-12 text-grey-3">
                {words.methods[method]} · {network ?? '–'} · {words.lastUsed} <Time at={lastUsedAt} />
              </p>
            </div>
            {isCurrent ? (
              <Meaning kind="good">{words.thisSession}</Meaning>
            ) : (
              <Button size="small" onClick={() => end(`/${sessionId}`)}>
                {words.endSession}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button className="mt-3" isBusy={isBusy} onClick={() => end()}>
          {words.endOthers}
        </Button>
      )}
    </>
  )
}
