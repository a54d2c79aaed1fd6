import { useCallback, useState } from 'react'

/**
 * What gives the focus back when something over the page closes: to what had it before, or to the title of the page if that is
 * gone, as an entry of a menu is. Radix does so only for its own triggers.
 */
export function useFocusBack(): (event: Event) => void {
  const [opener] = useState(() => document.activeElement)
  return useCallback(
    (event) => {
      event.preventDefault()
      const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body
      const target = isThere ? opener : document.getElementById('page-title')
      target?.focus({ preventScroll: true })
    },
    [opener],
  )
}
