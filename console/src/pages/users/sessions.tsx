import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { failureOf } from '../../api/failure.ts'
import { endSessions, type User, userSessionsQuery } from '../../api/users.ts'
import { Button } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useWords } from '../../language/language.tsx'
import { sharedWords } from '../../language/shared-words.ts'
import { words as usersWords } from './words.ts'

type SessionsProps = { projectId: string; user: User; mayChange: boolean }

/** Where a user is signed in. Ending a session takes effect at once, everywhere. */
export function Sessions({ projectId, user: { userId }, mayChange }: SessionsProps) {
  const words = useWords(usersWords)
  const shared = useWords(sharedWords)
  const query = useInfiniteQuery(userSessionsQuery(projectId, userId))
  const say = useToast()
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (sessionId: string | null) => endSessions(projectId, userId, sessionId),
    onSuccess: (_answer, sessionId) => {
      say(sessionId === null ? words.allEnded : words.ended)
      return query.refetch()
    },
    onError: (error) => say(failureOf(error).message, 'bad'),
  })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <Skeleton lines={2} />
  const sessions = query.data.pages.flatMap((page) => page.sessions)
  if (sessions.length === 0) return <p className="text-grey-3">{words.noSessions}</p>
  return (
    <>
      <ul className="divide-y divide-grey-2 border-y border-grey-2">
        {sessions.map(({ sessionId, label, mount, createdAt, lastUsedAt }) => (
          <li key={sessionId} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
            <div className="min-w-0">
              <p>
                {label ?? words.unknownDevice}
                {mount !== null && <span className="text-grey-3"> · {words.via(mount)}</span>}
              </p>
              <p className="text-12 text-grey-3">
                {words.lastUsed} <Time at={lastUsedAt} /> · {words.opened} <Time at={createdAt} />
              </p>
            </div>
            {mayChange && (
              <Button
                size="small"
                isBusy={isPending && variables === sessionId}
                onClick={() => mutate(sessionId)}
              >
                {words.end}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        {query.hasNextPage && (
          <Button size="small" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {shared.showMore}
          </Button>
        )}
        {mayChange && (
          <Button size="small" isBusy={isPending && variables === null} onClick={() => mutate(null)}>
            {words.endAll}
          </Button>
        )}
      </div>
    </>
  )
}
