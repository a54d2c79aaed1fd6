import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Failure } from '../../api/failure.ts'
import type { ExampleRequest } from './examples.ts'

/** What a request was answered: any status is an answer here. */
type Answer = { status: number; text: string; milliseconds: number; retryAfter: string | null }

/** Sends requests as a program would: without the session of this browser. */
export function useCall() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ url, headers, body }: ExampleRequest): Promise<Answer> => {
      const startedAt = performance.now()
      const answer = await fetch(url, {
        method: 'POST',
        credentials: 'omit',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      }).catch((error: unknown) => {
        throw new Failure('offline', String(error))
      })
      const text = await answer.text()
      return {
        status: answer.status,
        text,
        milliseconds: Math.round(performance.now() - startedAt),
        retryAfter: answer.headers.get('retry-after'),
      }
    },
    // The code is there at once, and not with the next round of the inbox.
    onSuccess: () => client.invalidateQueries({ queryKey: ['inbox'] }),
  })
}
