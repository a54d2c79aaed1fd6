import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Lists, listsQuery, writeList } from '../../api/abuse.ts'
import { useToast } from '../../components/toast.tsx'

type Change = { add: string } | { remove: string }

/**
 * Adds an entry to a list or takes one off it. The list is read again just before, so that what somebody else has written
 * meanwhile stays.
 */
export function useChangeList(projectId: string, name: keyof Lists) {
  const client = useQueryClient()
  const say = useToast()
  const { mutateAsync, isPending } = useMutation({
    async mutationFn(change: Change) {
      const { [name]: before } = await client.fetchQuery({ ...listsQuery(projectId), staleTime: 0 })
      const after =
        'add' in change
          ? [...before.filter((entry) => entry !== change.add), change.add]
          : before.filter((entry) => entry !== change.remove)
      await writeList(projectId, { [name]: after })
      await client.invalidateQueries({ queryKey: ['lists', projectId] })
    },
  })
  return {
    isBusy: isPending,
    /** Rejects with the failure of the server, after which the list is as it was. */
    async change(change: Change, done: string): Promise<void> {
      await mutateAsync(change)
      say(done)
    },
  }
}
