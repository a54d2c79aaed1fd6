import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'

/** Asks again for everything that shows users of a project, after one has changed. */
export function useRefreshUsers(projectId: string): () => Promise<unknown> {
  const client = useQueryClient()
  return useCallback(
    () =>
      Promise.all(
        ['users', 'user', 'user-sessions'].map((name) =>
          client.invalidateQueries({ queryKey: [name, projectId] }),
        ),
      ),
    [client, projectId],
  )
}
