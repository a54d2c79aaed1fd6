import { useCallback, useSyncExternalStore } from 'react'
import { readKept, writeKept } from './kept.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const changed = new EventTarget()

/** The theme that was chosen, and how to choose another. `public/theme.js` applies it at the start of the page. */
export function useTheme(): { theme: Theme; choose: (theme: Theme) => void } {
  const theme = useSyncExternalStore(subscribe, readTheme)
  const choose = useCallback((chosen: Theme) => {
    writeKept('theme', chosen === 'system' ? null : chosen)
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    changed.dispatchEvent(new Event('change'))
  }, [])
  return { theme, choose }
}

const dark = matchMedia('(prefers-color-scheme: dark)')

/** Whether the page is dark now: for what is drawn on a canvas, and therefore cannot use the style sheet. */
export const useIsDark = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const unsubscribe = subscribe(listener)
      dark.addEventListener('change', listener)
      return () => {
        unsubscribe()
        dark.removeEventListener('change', listener)
      }
    },
    () => (readTheme() === 'system' ? dark.matches : readTheme() === 'dark'),
  )

function subscribe(listener: () => void): () => void {
  changed.addEventListener('change', listener)
  return () => changed.removeEventListener('change', listener)
}

function readTheme(): Theme {
  const kept = document.documentElement.dataset.theme ?? readKept('theme')
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}
