const waitMillisecondsMin = 1_000
const waitMillisecondsMax = 60_000

/**
 * When a message that nobody took is tried again, or null when its code would have expired by then. The wait is about
 * as long as the message has waited already, which doubles it each time and needs no counter; `chance` (0 to 1) spreads
 * what failed together.
 */
export function retryTime({
  createdAt,
  expiresAt,
  now,
  waitMillisecondsAsked,
  chance,
}: {
  createdAt: Date
  expiresAt: Date
  now: Date
  waitMillisecondsAsked: number
  chance: number
}): Date | null {
  const age = now.getTime() - createdAt.getTime()
  const wait = Math.min(waitMillisecondsMax, Math.max(waitMillisecondsMin, age)) * (0.75 + chance / 2)
  const at = now.getTime() + Math.max(wait, waitMillisecondsAsked)
  return at < expiresAt.getTime() ? new Date(at) : null
}
