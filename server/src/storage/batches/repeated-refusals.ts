import { LRUCache } from 'lru-cache'
import type { EventScope, NewEvent } from '../../domain/event.ts'
import type { Database } from '../postgres/database.ts'
import { recordEvents } from './events.ts'

/*
 * Refusals that change nothing: of a limit that is exhausted, of a guess at no live code, of a login that is locked. Anybody
 * may cause as many as there is bandwidth for, so the first of a window are recorded one by one and those after them by
 * their number.
 */

/** What is counted together: refusals of one kind, by one network where networks are counted. */
export type RefusalKind = { scope: EventScope; type: RepeatedType; refusal: string; of: string }
export type RepeatedType =
  | 'challenge.refused'
  | 'challenge.attempt-failed'
  | 'password.attempted'
  | 'session.refused'

/** Each of these is recorded in a window. */
export const recordedMax = 20
const windowMilliseconds = 600_000
const flushMilliseconds = 60_000
/** How many are kept in memory; the least recently seen one is recorded and removed. */
const kindsMax = 20_000

type Window = { kind: RefusalKind; startedAt: number; recorded: number; counted: number }

/** A refusal as it was committed. */
export type NotedRefusal = { kind: RefusalKind; wasRecorded: boolean }

export type RepeatedRefusals = {
  /** Whether it is still recorded by itself. Changes nothing: the transaction that asks may have to be done again. */
  isRecorded(kind: RefusalKind): boolean
  /** Notes refusals that were committed, as what they were. */
  note(refusals: NotedRefusal[]): void
  /** Takes what was counted in windows that have ended, or in all of them. */
  take(which: 'ended' | 'all'): NewEvent[]
}

/** Counts in this process: what a killed node had counted in its last minutes is not told. */
export function createRepeatedRefusals({ now = () => performance.now() } = {}): RepeatedRefusals {
  const told: NewEvent[] = []
  const tell = ({ kind: { scope, type, refusal }, counted }: Window): void => {
    if (counted > 0)
      told.push({ scope, type: 'refusals.counted', details: { event: type, refusal, count: counted } })
  }
  const windows = new LRUCache<string, Window>({
    max: kindsMax,
    dispose: (window, _key, reason) => {
      if (reason === 'evict') tell(window)
    },
  })
  const keyOf = ({ scope, type, refusal, of }: RefusalKind): string =>
    JSON.stringify([scope, type, refusal, of])
  const isOver = ({ startedAt }: Window): boolean => now() >= startedAt + windowMilliseconds
  const openWindow = (kind: RefusalKind): Window | undefined => {
    const window = windows.get(keyOf(kind))
    return window === undefined || isOver(window) ? undefined : window
  }

  return {
    isRecorded: (kind) => (openWindow(kind)?.recorded ?? 0) < recordedMax,
    note(refusals) {
      for (const { kind, wasRecorded } of refusals) {
        let window = openWindow(kind)
        if (window === undefined) {
          const ended = windows.peek(keyOf(kind))
          if (ended !== undefined) tell(ended)
          window = { kind, startedAt: now(), recorded: 0, counted: 0 }
          windows.set(keyOf(kind), window)
        }
        if (wasRecorded) window.recorded += 1
        else window.counted += 1
      }
    },
    take(which) {
      for (const [key, window] of [...windows.entries()]) {
        if (which === 'ended' && !isOver(window)) continue
        tell(window)
        windows.delete(key)
      }
      return told.splice(0)
    },
  }
}

/**
 * Which refusals of a batch are recorded. `kinds` has null for what always is. No more of one batch are recorded than of
 * one window.
 */
export function chooseRecorded(refusals: RepeatedRefusals, kinds: (RefusalKind | null)[]) {
  const seen = new Map<string, number>()
  const chosen = kinds.map((kind) => {
    if (kind === null) return true
    const key = JSON.stringify(kind)
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count <= recordedMax && refusals.isRecorded(kind)
  })
  return {
    isRecorded: (index: number): boolean => chosen[index] ?? true,
    /** To be noted once the batch is committed. */
    noted: kinds.flatMap((kind, index) =>
      kind === null ? [] : [{ kind, wasRecorded: chosen[index] ?? true }],
    ),
  }
}

/** Records what was counted, once a minute and at the end. Answers what ends it. */
export function startRecordingRefusals({
  database,
  refusals,
  onFault,
}: {
  database: Database
  refusals: RepeatedRefusals
  onFault: (fault: unknown) => void
}): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const run = (which: 'ended' | 'all'): void => {
    const events = refusals.take(which)
    if (events.length === 0) return
    running = running.then(() => database.transaction((tx) => recordEvents(tx, events))).catch(onFault)
  }
  const timer = setInterval(() => run('ended'), flushMilliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    run('all')
    await running
  }
}
