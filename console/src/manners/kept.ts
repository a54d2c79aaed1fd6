/*
 * What the browser keeps for the next visit: only how the console looks and where the reader was, never a secret.
 */

/** Reads a kept value; null where there is none, or where storage is forbidden. */
export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(`watchword.${name}`)
  } catch {
    return null
  }
}

/** Keeps a value, or forgets it if it is null. */
export function writeKept(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`watchword.${name}`)
    else localStorage.setItem(`watchword.${name}`, value)
  } catch {
    // Then it lasts until the page is closed.
  }
}
