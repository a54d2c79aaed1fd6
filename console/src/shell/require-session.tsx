import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { isSignedIn, sessionQuery } from '../api/session.ts'
import { useGo } from '../components/path-link.tsx'
import { ErrorState, Skeleton } from '../components/states.tsx'

/** Shows a page to operators; others sign in first, and come back. */
export function RequireSession({ children }: { children: ReactNode }) {
  const { data: session, error, refetch } = useQuery(sessionQuery)
  const go = useGo()
  const { href } = useLocation()
  useEffect(() => {
    if (session !== undefined && !isSignedIn(session)) go('/sign-in', { return: href })
  }, [session, go, href])
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!isSignedIn(session))
    return (
      <div className="p-8">
        <Skeleton />
      </div>
    )
  return children
}
