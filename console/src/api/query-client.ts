import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Failure } from './failure.ts'
import { sessionQuery } from './session.ts'

/** The one place that knows what failures mean for all requests. */
export function createQueryClient(): QueryClient {
  const noteSignedOut = (error: unknown) => {
    // Pages that need a session then go to the sign-in, and come back after it.
    if (error instanceof Failure && error.kind === 'signed-out')
      client.setQueryData(sessionQuery.queryKey, null)
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: noteSignedOut }),
    mutationCache: new MutationCache({ onError: noteSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // Only what may pass by itself is asked again.
        retry: (count, error) => count < 2 && error instanceof Failure && error.kind === 'fault',
      },
    },
  })
  return client
}
