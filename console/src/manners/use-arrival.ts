import { createContext, useContext, useEffect } from 'react'

/** Whether a page was shown already since the console was opened. */
export const ArrivalContext = createContext({ hasShownPage: false })

/**
 * Gives the focus to the title of a page that one has come to, so that a screen reader says it. The first page is read as any
 * other document is.
 */
export function useArrival(): void {
  const arrival = useContext(ArrivalContext)
  useEffect(() => {
    if (arrival.hasShownPage) document.getElementById('page-title')?.focus({ preventScroll: true })
    arrival.hasShownPage = true
  }, [arrival])
}
