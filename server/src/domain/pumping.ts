/*
 * Protection against pumping (S4). An attacker who earns money from messages to certain numbers requests many codes for
 * them and verifies none. This file counts sends and verified codes by prefix in one project, and decides when to stop.
 */

/**
 * Stops a prefix if fewer than `verifiedPercent` of at least `sends` in an hour were verified, or if an hour has more than
 * `surgeSends` sends and more than `surgeFactor` times the week's hourly mean.
 */
export type PumpingLimit = { sends: number; verifiedPercent: number; surgeSends: number; surgeFactor: number }

/** What is known about one prefix. The arrays begin with the newest slot. */
export type DestinationState = {
  /** When the newest slot of five minutes began. */
  slotAt: Date
  /** Sends and verified codes of the last hour, by slots of five minutes. */
  sends: number[]
  verified: number[]
  /** When the newest day began, and the sends of that day and of the seven before it. */
  dayAt: Date
  days: number[]
  stoppedUntil: Date | null
  stopReason: StopReason | null
  /** After an operator released the prefix, nothing stops it until then. */
  releasedUntil: Date | null
}

export const stopReasons = ['few-verified', 'surge'] as const
export type StopReason = (typeof stopReasons)[number]

/** A stop that has just begun. */
export type PrefixStop = { reason: StopReason; sends: number; verified: number; until: Date }

const slotMilliseconds = 5 * 60_000
const slotsMax = 12
const hour = 60 * 60_000
const day = 24 * hour
const daysMax = 8
const stopMilliseconds = hour
const releaseMilliseconds = day

/** The state at `now`: slots older than an hour and days older than a week are dropped. */
export function destinationAt(state: DestinationState | null, now: Date): DestinationState {
  const slotAt = floor(now, slotMilliseconds)
  const dayAt = floor(now, day)
  if (state === null) {
    const none = { stoppedUntil: null, stopReason: null, releasedUntil: null }
    return { slotAt, sends: [0], verified: [0], dayAt, days: [0], ...none }
  }
  // Nothing is dropped when the clock goes back, for example after a failover of the database.
  if (slotAt <= state.slotAt) return state
  const slots = (slotAt.getTime() - state.slotAt.getTime()) / slotMilliseconds
  const days = (dayAt.getTime() - state.dayAt.getTime()) / day
  return {
    ...state,
    slotAt,
    sends: shift(state.sends, slots, slotsMax),
    verified: shift(state.verified, slots, slotsMax),
    dayAt,
    days: shift(state.days, days, daysMax),
  }
}

/** One more send, in a state of `now`. */
export const countSend = (state: DestinationState): DestinationState => ({
  ...state,
  sends: increment(state.sends),
  days: increment(state.days),
})

/** The sends of the hour, in a state of now. */
export const sendsOfHour = ({ sends }: DestinationState): number => sum(sends)

/** One more verified code, in a state of `now`. */
export const countVerified = (state: DestinationState): DestinationState => ({
  ...state,
  verified: increment(state.verified),
})

export type PumpingJudgement =
  | { isStopped: false }
  | { isStopped: true; until: Date; begins: PrefixStop | null }

/**
 * Judges one more send. The surge rule applies only if the project is older than a week. Before that there is no week to
 * compare with, and the first customers of a new project are not an attack.
 */
export function judgePumping(
  rule: PumpingLimit,
  state: DestinationState,
  { now, projectSince }: { now: Date; projectSince: Date },
): PumpingJudgement {
  if (state.releasedUntil !== null && now < state.releasedUntil) return { isStopped: false }
  if (state.stoppedUntil !== null && now < state.stoppedUntil)
    return { isStopped: true, until: state.stoppedUntil, begins: null }

  const reason = findReason(rule, state, { now, projectSince })
  if (reason === null) return { isStopped: false }
  const until = new Date(now.getTime() + stopMilliseconds)
  const begins = { reason, sends: sum(state.sends), verified: sum(state.verified), until }
  return { isStopped: true, until, begins }
}

function findReason(
  rule: PumpingLimit,
  state: DestinationState,
  { now, projectSince }: { now: Date; projectSince: Date },
): StopReason | null {
  const sends = sum(state.sends)
  if (sends >= rule.sends && sum(state.verified) * 100 < rule.verifiedPercent * sends) return 'few-verified'
  if (now.getTime() - projectSince.getTime() < 7 * day) return null
  // The mean leaves out the hour that is compared with it.
  const hoursKnown = (daysMax - 1) * 24 + (now.getTime() - state.dayAt.getTime()) / hour
  const mean = (sum(state.days) - sends) / hoursKnown
  return sends + 1 > rule.surgeSends && sends + 1 > rule.surgeFactor * mean ? 'surge' : null
}

/** The state after a stop begins. */
export const beginStop = (state: DestinationState, { reason, until }: PrefixStop): DestinationState => ({
  ...state,
  stoppedUntil: until,
  stopReason: reason,
})

/** The state after an operator released the prefix. A day, because the cause of the stop may last longer than an hour. */
export const release = (state: DestinationState, now: Date): DestinationState => ({
  ...state,
  stoppedUntil: null,
  stopReason: null,
  releasedUntil: new Date(now.getTime() + releaseMilliseconds),
})

const floor = (moment: Date, milliseconds: number): Date =>
  new Date(Math.floor(moment.getTime() / milliseconds) * milliseconds)

const shift = (counts: number[], by: number, max: number): number[] =>
  by >= max ? [0] : [...new Array<number>(by).fill(0), ...counts].slice(0, max)

const increment = ([newest = 0, ...older]: number[]): number[] => [newest + 1, ...older]

const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0)
