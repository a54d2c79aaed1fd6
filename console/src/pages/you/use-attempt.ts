import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { useToast } from '../../components/toast.tsx'

/** Does something to the own session or factors, says what went wrong, and asks again for what it changes. */
export function useAttempt(): { isBusy: boolean; attempt: (work: () => Promise<unknown>) => Promise<void> } {
  const client = useQueryClient()
  const say = useToast()
  const [isBusy, setIsBusy] = useState(false)
  const attempt = async (work: () => Promise<unknown>) => {
    setIsBusy(true)
    try {
      await work()
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), 'bad')
    } finally {
      setIsBusy(false)
    }
  }
  return { isBusy, attempt }
}
