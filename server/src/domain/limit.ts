import { createHash } from 'node:crypto'

/**
 * A bound on how often something happens in a window that begins with its first event. One row holds the count, so it is
 * exact over all nodes. A limit counts either events or distinct members (addresses of one caller).
 */
export type Limit = {
  scope:
    | 'requests'
    | 'sends'
    | 'failed-checks'
    | 'failed-addresses'
    | 'unknown-addresses'
    | 'prefix-sends'
    | 'country-sends'
    | 'day-sends'
    | 'month-sends'
    | 'pumping-sends'
    | 'puzzles'
    | 'failed-logins'
    | 'failed-login-addresses'
    | 'refused-refreshes'
  /** What is counted within the scope: a caller's network, a prefix, both, or empty for the whole project. */
  key: string
  max: number
  windowSeconds: number
}

/** The row of a limit. `members` are short digests of the distinct members; empty for a count of events. */
export type LimitState = { startedAt: Date; count: number; members: string[] }

/** How much of a limit is used, for `RateLimit` headers. `isExceeded`: the event went over the limit. */
export type LimitUsage = { limit: Limit; remaining: number; resetSeconds: number; isExceeded: boolean }

/** The state at `now`: an ended window starts over. */
export function currentWindow(state: LimitState | null, limit: Limit, now: Date): LimitState {
  const isOver = state === null || now.getTime() >= state.startedAt.getTime() + limit.windowSeconds * 1000
  return isOver ? { startedAt: now, count: 0, members: [] } : state
}

/** True when one more event would go over the limit. */
export const isExhausted = (state: LimitState, limit: Limit): boolean => state.count >= limit.max

/** The state after one more event. The same member counts once. */
export function countEvent(state: LimitState, member: string | null = null): LimitState {
  if (member === null) return { ...state, count: state.count + 1 }
  if (state.members.includes(member)) return state
  return { ...state, count: state.count + 1, members: [...state.members, member] }
}

/** Seconds until the window ends, at least one, for `Retry-After`. */
export const resetSeconds = (state: LimitState, limit: Limit, now: Date): number =>
  Math.max(1, Math.ceil((state.startedAt.getTime() + limit.windowSeconds * 1000 - now.getTime()) / 1000))

/** The usage of a limit at `now`. */
export const limitUsage = (state: LimitState, limit: Limit, now: Date): LimitUsage => ({
  limit,
  remaining: Math.max(0, limit.max - state.count),
  resetSeconds: resetSeconds(state, limit, now),
  isExceeded: false,
})

/** An address or network as a member of something that is counted: a short digest that does not show it. */
export const shortDigest = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 11)
