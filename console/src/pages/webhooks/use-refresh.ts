import { useQueryClient } from '@tanstack/react-query'

/** Asks again for whatever is known of the webhooks of a project. */
export function useRefresh(projectId: string): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['projects', projectId, 'webhooks'] })
}
