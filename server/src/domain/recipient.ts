/** What we remember about one address in one project. Times are ascending. */
export type Recipient = {
  /** Sends of the last 24 hours that nobody verified. */
  sends: Date[]
  /** Wrong codes of the last 30 days. */
  failures: Date[]
  /** Wrong codes since the last success. */
  failuresInRow: number
  /** When the lock on the codes of the address ends; null without a lock. */
  lockedUntil: Date | null
}

export const newRecipient: Recipient = { sends: [], failures: [], failuresInRow: 0, lockedUntil: null }

const minute = 60_000
const day = 24 * 60 * minute

/** Ten wrong codes in a row lock an address for a day: one chance in 10,000 at five digits (V4). */
const failuresInRowMax = 10
const lockMilliseconds = day
/**
 * Thirty in thirty days lock it until an operator unlocks it, or its owner proves another address. Otherwise a slow attacker
 * would get as many attempts as time allows.
 */
const failuresInMonthMax = 30
const monthMilliseconds = 30 * day
const untilUnlocked = new Date('9999-12-31T00:00:00.000Z')

/** Caps on unverified sends to one address: in ten minutes, in a day, and in a day over all projects (S1). */
export type SendCaps = { perTenMinutes: number; perDay: number; perDayEverywhere: number }

/** Whether the codes of an address are locked. */
export const isLocked = (recipient: Recipient, now: Date): boolean =>
  recipient.lockedUntil !== null && now < recipient.lockedUntil

/** Milliseconds until another send is allowed, or 0. `elsewhere` counts a day's sends of other projects. */
export function sendWaitMilliseconds(
  recipient: Recipient,
  elsewhere: number,
  caps: SendCaps,
  now: Date,
): number {
  const lastDay = recipient.sends.filter((at) => at.getTime() > now.getTime() - day)
  // The first of the last `max` sends must leave the window before there is room for another.
  const freedIn = (max: number, window: number): number => {
    const first = lastDay.at(-max)
    return first === undefined ? 0 : first.getTime() + window - now.getTime()
  }
  const wait = Math.max(0, freedIn(caps.perTenMinutes, 10 * minute), freedIn(caps.perDay, day))
  // The times of other projects' sends are not known, only their number: ten minutes is a reasonable time to retry.
  const isFullEverywhere = lastDay.length + elsewhere >= caps.perDayEverywhere
  return isFullEverywhere ? Math.max(wait, 10 * minute) : wait
}

/** The recipient after one more send. */
export const recordSend = (recipient: Recipient, now: Date): Recipient => ({
  ...recipient,
  sends: [...recipient.sends.filter((at) => at.getTime() > now.getTime() - day), now],
})

/** The recipient after one more wrong code, locked if that was one too many. */
export function recordFailure(recipient: Recipient, now: Date): Recipient {
  const failures = [
    ...recipient.failures.filter((at) => at.getTime() > now.getTime() - monthMilliseconds),
    now,
  ]
  const failuresInRow = recipient.failuresInRow + 1
  if (failures.length >= failuresInMonthMax)
    return { ...recipient, failures, failuresInRow, lockedUntil: untilUnlocked }
  // The run starts over with the lock: after the day the address has ten attempts again, not one.
  if (failuresInRow >= failuresInRowMax) {
    return {
      ...recipient,
      failures,
      failuresInRow: 0,
      lockedUntil: new Date(now.getTime() + lockMilliseconds),
    }
  }
  return { ...recipient, failures, failuresInRow }
}

/** The recipient after a success: the run and the sends are cleared, the month's failures are not (V4). */
export const recordSuccess = (recipient: Recipient): Recipient => ({
  ...recipient,
  sends: [],
  failuresInRow: 0,
})

/**
 * The recipient after its owner has proven another address of the account: a lock without end now ends when the month has
 * room for an attempt again. Ending it at once would give an attacker one more attempt for each login of the owner (V4).
 */
export function recordOtherProof(recipient: Recipient): Recipient {
  if (recipient.lockedUntil?.getTime() !== untilUnlocked.getTime()) return recipient
  const leavesFirst = recipient.failures.at(-failuresInMonthMax)
  const lockedUntil = leavesFirst === undefined ? null : new Date(leavesFirst.getTime() + monthMilliseconds)
  return { ...recipient, lockedUntil }
}
