import { Link, useRouter } from '@tanstack/react-router'
import { type ComponentProps, useCallback } from 'react'

/** What stands behind the `?` of a URL. */
export type Query = Record<string, string | undefined>

type PathLinkProps = Pick<ComponentProps<'a'>, 'className' | 'title' | 'children'> & {
  path: string
  query?: Query
}

/** A link to a page below `/console`, whose path the router has no type for. The chosen project stays chosen. */
export const PathLink = ({ path, query, children, ...rest }: PathLinkProps) => (
  <Link to={path as '.'} {...(query === undefined ? {} : { search: query as never })} {...rest}>
    {children}
  </Link>
)

/** Goes to a page below `/console`. */
export function useGo(): (path: string, query?: Query) => void {
  const router = useRouter()
  return useCallback(
    (path, query) =>
      void router.navigate({ to: path as '.', ...(query === undefined ? {} : { search: query as never }) }),
    [router],
  )
}
