import { useCallback, useEffect, useState } from 'react'

const confirmMilliseconds = 2000

/** Copies a text, and tells for two seconds that it has. */
export function useCopy(): { isCopied: boolean; copy: (text: string) => Promise<void> } {
  const [copiedAt, setCopiedAt] = useState<number | null>(null)
  useEffect(() => {
    if (copiedAt === null) return
    const timer = setTimeout(() => setCopiedAt(null), confirmMilliseconds)
    return () => clearTimeout(timer)
  }, [copiedAt])
  const copy = useCallback(async (text: string) => {
    await writeToClipboard(text)
    setCopiedAt(Date.now())
  }, [])
  return { isCopied: copiedAt !== null, copy }
}

/** Without TLS, and not on this machine, a page has no `navigator.clipboard`. */
async function writeToClipboard(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'fixed top-0 opacity-0'
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}
