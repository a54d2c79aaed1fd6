import { type CountedCaller, networkShare, networksShare } from './counted-caller.ts'

/** What we remember about one address in one project. Moments are ascending. */
export type Recipient = {
  /** Wrong codes of the last 30 days. */
  failures: Date[]
  /** Wrong codes since the last success, or since the last lock has ended. */
  failuresInRow: number
  /** The networks of strangers that made wrong guesses in the run, once for each guess. */
  failedBy: string[]
  /** When the lock on the codes of the address ends; null without a lock. */
  lockedUntil: Date | null
  /** The networks from which the address was proven, the latest first. */
  provenBy: string[]
}

export const newRecipient: Recipient = {
  failures: [],
  failuresInRow: 0,
  failedBy: [],
  lockedUntil: null,
  provenBy: [],
}

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

/**
 * A network that has spent its share of a run gets one more attempt after a week. After a day it could lock all strangers
 * out alone: two more attempts would do.
 */
const spentMilliseconds = 7 * day

/** Enough for home, work and a phone on its way, and few enough for a row that is read at every send. */
const provenByMax = 5

/** Whether a caller has not proven the address. Who has an API key is none, and may spend all of a cap. */
export const isStranger = ({ provenBy }: Recipient, caller: CountedCaller | null): caller is CountedCaller =>
  caller !== null && !provenBy.includes(caller.network)

/**
 * When the codes of an address are no longer locked for a caller; null if they are not. Strangers are locked out before
 * the address is, so that whoever guesses at somebody's codes leaves the owner some attempts (V4).
 */
export function lockEnd(recipient: Recipient, now: Date, caller: CountedCaller | null): Date | null {
  const { lockedUntil, failuresInRow } = recipient
  const isLocked = lockedUntil !== null && now < lockedUntil
  const since = (index: number, milliseconds: number): Date | null => {
    const end = new Date((recipient.failures.at(index)?.getTime() ?? 0) + milliseconds)
    return now < end ? end : null
  }
  if (!isStranger(recipient, caller)) {
    const isForAll =
      failuresInRow >= failuresInRowMax ||
      lockedUntil?.getTime() === untilUnlocked.getTime() ||
      since(-failuresInMonthMax, monthMilliseconds) !== null
    return isLocked && isForAll ? lockedUntil : null
  }
  if (isLocked) return lockedUntil
  const isSpent = countOf(runOf(recipient, now).failedBy, caller.network) >= networkShare(failuresInRowMax)
  return (
    (isSpent ? since(-1, spentMilliseconds) : null) ??
    since(-networksShare(failuresInMonthMax), monthMilliseconds)
  )
}

/** Whether the codes of an address are locked for a caller. */
export const isLocked = (recipient: Recipient, now: Date, caller: CountedCaller | null): boolean =>
  lockEnd(recipient, now, caller) !== null

/** The recipient after one more wrong code, locked if that was one too many. */
export function recordFailure(recipient: Recipient, now: Date, caller: CountedCaller | null): Recipient {
  const failures = [
    ...recipient.failures.filter((at) => at.getTime() > now.getTime() - monthMilliseconds),
    now,
  ]
  const run = runOf(recipient, now)
  const failuresInRow = run.failuresInRow + 1
  const failedBy = isStranger(recipient, caller) ? [...run.failedBy, caller.network] : run.failedBy
  const failed = { ...recipient, ...run, failures, failuresInRow, failedBy }
  if (failures.length >= failuresInMonthMax) return { ...failed, lockedUntil: untilUnlocked }
  const locks = failuresInRow >= failuresInRowMax || failedBy.length >= networksShare(failuresInRowMax)
  return locks ? { ...failed, lockedUntil: new Date(now.getTime() + lockMilliseconds) } : failed
}

/**
 * The run of failures at `now`. It starts over when a lock of a day has ended: the address has ten attempts again, not one.
 * After a lock of the month it has one a day, or the year would have more than its 365.
 */
function runOf(
  { failures, failuresInRow, failedBy, lockedUntil }: Recipient,
  now: Date,
): Pick<Recipient, 'failuresInRow' | 'failedBy' | 'lockedUntil'> {
  if (lockedUntil === null || now < lockedUntil) return { failuresInRow, failedBy, lockedUntil }
  const isEnded =
    failures.length < failuresInMonthMax &&
    (failuresInRow >= failuresInRowMax || failedBy.length >= networksShare(failuresInRowMax))
  // Otherwise the lock was of an earlier run, which a success has ended since.
  return isEnded
    ? { failuresInRow: 0, failedBy: [], lockedUntil: null }
    : { failuresInRow, failedBy, lockedUntil: null }
}

const countOf = (networks: string[], network: string): number =>
  networks.filter((one) => one === network).length

/**
 * The recipient after a success: the run is cleared, the month's failures and a lock for strangers are not (V4). The network of the caller has proven the address. Unchanged where there is nothing to record.
 */
export function recordSuccess(recipient: Recipient, caller: CountedCaller | null): Recipient {
  const { provenBy, failuresInRow } = recipient
  const isLatest = caller === null || provenBy[0] === caller.network
  if (isLatest && failuresInRow === 0) return recipient
  return {
    ...recipient,
    failuresInRow: 0,
    failedBy: [],
    provenBy: isLatest
      ? provenBy
      : [caller.network, ...provenBy.filter((by) => by !== caller.network)].slice(0, provenByMax),
  }
}

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
