import { Link, useRouter } from '@tanstack/react-router'
import { type ComponentProps, useCallback } from 'react'

/** What stands behind the `?` of a URL. */
export type Query = Record<string, string | undefined>

type PathLinkProps = Pick<ComponentProps<'a'>, 'className' | 'title' | 'children'> & {
  path: string
  /** What stands behind the `?`; `same` keeps what stands there now. */
  query?: Query | 'same'
}

/** A link to a page below `/console`, whose path the router has no type for. The chosen project stays chosen. */
export const PathLink = ({ path, query, children, ...rest }: PathLinkProps) => (
  <Link to={path as '.'} {...(query === undefined ? {} : { search: searchOf(query) })} {...rest}>
    {children}
  </Link>
)

/** Goes to a page below `/console`. */
export function useGo(): (path: string, query?: Query | 'same') => void {
  const router = useRouter()
  return useCallback(
    (path, query) =>
      void router.navigate({
        to: path as '.',
        ...(query === undefined ? {} : { search: searchOf(query), resetScroll: query !== 'same' }),
      }),
    [router],
  )
}

const searchOf = (query: Query | 'same') => (query === 'same' ? true : query) as never
