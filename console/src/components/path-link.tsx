import { Link, useRouter } from '@tanstack/react-router'
import { type ComponentProps, useCallback } from 'react'

/** What stands behind the `?` of a URL; `kept` for what stands there now, as panels keep the filters of their list. */
export type Query = Record<string, string | undefined> | 'kept'

type PathLinkProps = Pick<ComponentProps<'a'>, 'className' | 'title' | 'children'> & {
  path: string
  query?: Query
}

/** A link to a page below `/console`, whose path the router has no type for. The chosen project stays chosen. */
export const PathLink = ({ path, query, children, ...rest }: PathLinkProps) => (
  <Link to={path as '.'} {...searchOf(query)} {...rest}>
    {children}
  </Link>
)

/** Goes to a page below `/console`. */
export function useGo(): (path: string, query?: Query) => void {
  const router = useRouter()
  return useCallback((path, query) => void router.navigate({ to: path as '.', ...searchOf(query) }), [router])
}

/** As the router takes it, which has no type for computed paths. What keeps its query keeps its place as well. */
function searchOf(query: Query | undefined): { search?: never; resetScroll?: boolean } {
  if (query === undefined) return {}
  return query === 'kept' ? { search: true as never, resetScroll: false } : { search: query as never }
}
