/** What stood behind the `#` of the address: the token of a link, or why a provider's sign-in came to nothing. */
export type Fragment = { token: string | null; error: string | null }

/**
 * Reads the fragment and takes it out of the address, so that neither the history nor a screenshot keeps the token. The
 * fragment never reached the server's log, because browsers do not send it.
 */
export function readFragment(): Fragment {
  const given = new URLSearchParams(location.hash.slice(1))
  const fragment = { token: given.get('token'), error: given.get('error') }
  if (fragment.token !== null || fragment.error !== null)
    history.replaceState(history.state, '', location.pathname + location.search)
  return fragment
}
