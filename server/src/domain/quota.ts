/** The tokens of a project. `granted` is null if they are unlimited. */
export type Quota = { granted: number | null; used: number }

/** The news when exactly this many tokens are used: `low` when a tenth is left, `exhausted` when none is. */
export function quotaNews({ granted, used }: Quota): 'low' | 'exhausted' | null {
  if (granted === null) return null
  if (used === granted) return 'exhausted'
  return used === lowAt(granted) ? 'low' : null
}

/** The number of used tokens at which the next news is due; null if there will be none. */
export function nextNewsAt({ granted, used }: Quota): number | null {
  if (granted === null) return null
  return used < lowAt(granted) ? lowAt(granted) : granted
}

const lowAt = (granted: number): number => granted - Math.floor(granted / 10)
