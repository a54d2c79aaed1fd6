import { useEffect, useRef } from 'react'

/**
 * Runs `act` when a key is pressed: `/`, or `mod+k` for Ctrl or Cmd with K. A plain key is left to the field in which one
 * types.
 */
export function useShortcut(shortcut: string, act: () => void): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    const key = shortcut.replace('mod+', '')
    const needsModifier = shortcut.startsWith('mod+')
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== key || event.altKey) return
      if ((event.ctrlKey || event.metaKey) !== needsModifier) return
      if (!needsModifier && isTyping(event.target)) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [shortcut])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [role="textbox"]'))
