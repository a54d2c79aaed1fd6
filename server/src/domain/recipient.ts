import { type CountedCaller, networkShare, networksShare, workersShare } from './counted-caller.ts'

/** What we remember about one address in one project. Moments are ascending. */
export type Recipient = {
  /** Sends of the last 24 hours that nobody verified. */
  sends: RecordedSend[]
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

/** `by`: the network of a keyless caller; null for everybody else. */
export type RecordedSend = { at: Date; by: string | null }

export const newRecipient: Recipient = {
  sends: [],
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

/** Enough for home, work and a phone on its way, and few enough for a row that is read at every send. */
const provenByMax = 5

/** Caps on unverified sends to one address: in ten minutes, in a day, and in a day over all projects (S1). */
export type SendCaps = { perTenMinutes: number; perDay: number; perDayEverywhere: number }

/** A day's unverified sends to the address by other projects. */
export type SendsElsewhere = { sameWorkspace: number; otherWorkspaces: number }

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
  return (isSpent ? since(-1, day) : null) ?? since(-networksShare(failuresInMonthMax), monthMilliseconds)
}

/** Whether the codes of an address are locked for a caller. */
export const isLocked = (recipient: Recipient, now: Date, caller: CountedCaller | null): boolean =>
  lockEnd(recipient, now, caller) !== null

/**
 * Milliseconds until a caller may cause another send, or 0. A network that has not proven the address spends only a
 * share of each cap, and all such networks together leave the rest to those that have, and to callers with a key.
 */
export function sendWaitMilliseconds(
  recipient: Recipient,
  elsewhere: SendsElsewhere,
  {
    caps,
    caller,
    hasWorked,
    now,
  }: { caps: SendCaps; caller: CountedCaller | null; hasWorked: boolean; now: Date },
): number {
  const lastDay = recipient.sends.filter(({ at }) => at.getTime() > now.getTime() - day)
  // The first of the last `max` sends must leave the window before there is room for another.
  const freedIn = (sends: RecordedSend[], max: number, window: number): number => {
    const first = sends.at(-max)
    return first === undefined ? 0 : Math.max(0, first.at.getTime() + window - now.getTime())
  }
  const waitFor = (max: number, window: number): number => {
    if (!isStranger(recipient, caller)) return freedIn(lastDay, max, window)
    const own = lastDay.filter(({ by }) => by === caller.network)
    const together = hasWorked ? workersShare(max) : networksShare(max)
    return Math.max(freedIn(own, networkShare(max), window), freedIn(lastDay, together, window))
  }
  const wait = Math.max(waitFor(caps.perTenMinutes, 10 * minute), waitFor(caps.perDay, day))
  // The times of other projects' sends are not known, only their number: ten minutes is a reasonable time to retry.
  const workspace = lastDay.length + elsewhere.sameWorkspace
  const max = maxEverywhere(caps.perDayEverywhere, {
    isFirst: workspace === 0,
    isKnown: !isStranger(recipient, caller),
    hasProven: caller !== null && !isStranger(recipient, caller),
  })
  return workspace + elsewhere.otherWorkspaces >= max ? Math.max(wait, 10 * minute) : wait
}

/**
 * How much of the cap over all projects is open. The last fifth is for whoever has proven the address and for workspaces
 * that have sent it nothing: no tenant keeps another's user out (S1).
 */
function maxEverywhere(
  max: number,
  { isFirst, isKnown, hasProven }: { isFirst: boolean; isKnown: boolean; hasProven: boolean },
): number {
  if (hasProven || (isKnown && isFirst)) return max
  return isKnown || isFirst ? networksShare(max) : networkShare(max)
}

/** The recipient after one more send. */
export const recordSend = (recipient: Recipient, now: Date, caller: CountedCaller | null): Recipient => ({
  ...recipient,
  sends: [
    ...recipient.sends.filter(({ at }) => at.getTime() > now.getTime() - day),
    { at: now, by: caller?.network ?? null },
  ],
})

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
  return failures.length >= failuresInMonthMax
    ? { failuresInRow, failedBy, lockedUntil: null }
    : { failuresInRow: 0, failedBy: [], lockedUntil: null }
}

const countOf = (networks: string[], network: string): number =>
  networks.filter((one) => one === network).length

/**
 * The recipient after a success: the run and the sends are cleared, the month's failures and a lock for strangers are not
 * (V4). The network of the caller has proven the address.
 */
export const recordSuccess = (recipient: Recipient, caller: CountedCaller | null): Recipient => ({
  ...recipient,
  sends: [],
  failuresInRow: 0,
  failedBy: [],
  provenBy:
    caller === null || recipient.provenBy[0] === caller.network
      ? recipient.provenBy
      : [caller.network, ...recipient.provenBy.filter((by) => by !== caller.network)].slice(0, provenByMax),
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
