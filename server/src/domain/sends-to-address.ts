import { type CountedCaller, networksShare, networkShare, workersShare } from './counted-caller.ts'
import type { ProjectId, WorkspaceId } from './project.ts'
import { isStranger, type Recipient } from './recipient.ts'

/*
 * How much was sent to an address, and how long until it may be sent more (S1). What was sent is in the challenges alone.
 */

/** Caps on unverified sends to one address: in ten minutes, in a day, and in a day over all projects (S1). */
export type SendCaps = { perTenMinutes: number; perDay: number; perDayEverywhere: number }

/** A challenge of the last 24 hours for an address, in any project. */
export type PastSend = {
  projectId: ProjectId
  workspaceId: WorkspaceId
  at: Date
  /** How often it was asked for again at once, without another message. */
  repeats: number
  /** When its code was used; null if it was not. */
  usedAt: Date | null
  /** The network of the caller without a key that caused it; null for everybody else. */
  by: string | null
}

/** A day's sends to an address that nobody has verified. */
export type UnverifiedSends = {
  /** In the project, the oldest first. `by` is the network of a caller without a key. */
  own: { at: Date; by: string | null }[]
  /** In other projects of the workspace. */
  sameWorkspace: number
  /** In each other workspace. */
  otherWorkspaces: number[]
}

export const nothingSent: UnverifiedSends = { own: [], sameWorkspace: 0, otherWorkspaces: [] }

/** What nobody has verified, of the sends of a day in order of time: a success clears those of its project before it. */
export function unverifiedSends(
  past: PastSend[],
  { projectId: ownId, workspaceId }: Pick<PastSend, 'projectId' | 'workspaceId'>,
): UnverifiedSends {
  const provenAt = new Map<string, number>()
  for (const { projectId, usedAt } of past)
    if (usedAt !== null) provenAt.set(projectId, Math.max(usedAt.getTime(), provenAt.get(projectId) ?? 0))
  const unverified = past
    .filter(({ projectId, at }) => at.getTime() > (provenAt.get(projectId) ?? 0))
    .flatMap((send) => new Array<PastSend>(1 + send.repeats).fill(send))
  const isOwn = ({ projectId }: PastSend): boolean => projectId === ownId
  const byWorkspace = new Map<string, number>()
  for (const send of unverified)
    if (!isOwn(send)) byWorkspace.set(send.workspaceId, (byWorkspace.get(send.workspaceId) ?? 0) + 1)
  const sameWorkspace = byWorkspace.get(workspaceId) ?? 0
  byWorkspace.delete(workspaceId)
  return {
    own: unverified.filter(isOwn).map(({ at, by }) => ({ at, by })),
    sameWorkspace,
    otherWorkspaces: [...byWorkspace.values()],
  }
}

const minute = 60_000
const day = 24 * 60 * minute

/** Who asks for another send. */
export type Sender = { recipient: Recipient; caller: CountedCaller | null; hasWorked: boolean }

/**
 * Milliseconds until a caller may cause another send, or 0. A network that has not proven the address spends only a
 * share of each cap, and all such networks together leave the rest to those that have, and to callers with a key.
 */
export function sendWaitMilliseconds(
  sends: UnverifiedSends,
  { recipient, caller, hasWorked }: Sender,
  { caps, now }: { caps: SendCaps; now: Date },
): number {
  const lastDay = sends.own.filter(({ at }) => at.getTime() > now.getTime() - day)
  // The first of the last `max` sends must leave the window before there is room for another.
  const freedIn = (counted: { at: Date }[], max: number, window: number): number => {
    const first = counted.at(-max)
    return first === undefined ? 0 : Math.max(0, first.at.getTime() + window - now.getTime())
  }
  const waitFor = (max: number, window: number): number => {
    if (!isStranger(recipient, caller)) return freedIn(lastDay, max, window)
    const ofNetwork = lastDay.filter(({ by }) => by === caller.network)
    const together = hasWorked ? workersShare(max) : networksShare(max)
    return Math.max(freedIn(ofNetwork, networkShare(max), window), freedIn(lastDay, together, window))
  }
  const wait = Math.max(waitFor(caps.perTenMinutes, 10 * minute), waitFor(caps.perDay, day))
  // The times of other projects' sends are not known, only their number: ten minutes is a reasonable time to retry.
  const workspace = lastDay.length + sends.sameWorkspace
  const max = maxEverywhere(caps.perDayEverywhere, {
    isFirst: workspace === 0,
    isKnown: !isStranger(recipient, caller),
    hasProven: caller !== null && !isStranger(recipient, caller),
  })
  // A workspace whose own caps are looser takes no more of this one than its share.
  const shareOfWorkspace = networksShare(caps.perDayEverywhere)
  const elsewhere = sends.otherWorkspaces.reduce((sum, count) => sum + Math.min(count, shareOfWorkspace), 0)
  return workspace + elsewhere >= max ? Math.max(wait, 10 * minute) : wait
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
