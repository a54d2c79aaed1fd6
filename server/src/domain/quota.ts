/** The tokens of a project: `granted` is null when they are unlimited. */
export type Quota = { granted: number | null; used: number }

/** What is told of a quota when exactly so many of its tokens are used: that a tenth is left, or nothing. */
export function quotaNews({ granted, used }: Quota): 'low' | 'exhausted' | null {
  if (granted === null) return null
  if (used === granted) return 'exhausted'
  return used === lowAt(granted) ? 'low' : null
}

/** The number of used tokens at which there is news next; null when there is none to come. */
export function nextNewsAt({ granted, used }: Quota): number | null {
  if (granted === null) return null
  return used < lowAt(granted) ? lowAt(granted) : granted
}

const lowAt = (granted: number): number => granted - Math.floor(granted / 10)
