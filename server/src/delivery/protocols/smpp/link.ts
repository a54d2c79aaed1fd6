import { setTimeout as sleep } from 'node:timers/promises'
import type { SmppSession } from './session.ts'

/*
 * Keeps one session to an SMSC: opens it, and opens another when it is lost. The pauses grow and are jittered, so that
 * not all nodes reconnect at once when the SMSC comes back.
 */
export type Link = {
  /** The session, or the one that is being opened. Null when there is none: between two attempts, and after `close`. */
  session(signal: AbortSignal): Promise<SmppSession | null>
  /** The session that is open now. */
  current(): SmppSession | null
  close(): Promise<void>
}

export type LinkParts = {
  open(signal: AbortSignal): Promise<SmppSession>
  /** The first and the longest pause. */
  pauseMilliseconds: { first: number; longest: number }
  onRefused(error: unknown): void
  onLost(reason: string): void
}

/** Starts at once. */
export function keepLink({ open, pauseMilliseconds, onRefused, onLost }: LinkParts): Link {
  const closing = new AbortController()
  let current: SmppSession | null = null
  let opening: Promise<SmppSession | null> | null = null

  const openOne = async (): Promise<SmppSession | null> => {
    try {
      const session = await open(closing.signal)
      current = session
      return session
    } catch (error) {
      if (!closing.signal.aborted) onRefused(error)
      return null
    } finally {
      opening = null
    }
  }

  const run = async (): Promise<void> => {
    let pause = pauseMilliseconds.first
    while (!closing.signal.aborted) {
      opening = openOne()
      const session = await opening
      if (session !== null) {
        const openedAt = performance.now()
        const reason = await session.ended
        current = null
        if (!closing.signal.aborted) onLost(reason)
        // A session that is cut soon after its bind is not a success: the next pause grows anyway.
        if (performance.now() - openedAt > pauseMilliseconds.longest) pause = pauseMilliseconds.first
      }
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: closing.signal }).catch(() => {})
      pause = Math.min(pause * 2, pauseMilliseconds.longest)
    }
  }
  const running = run()

  const openNow = () => (current?.isOpen ? current : null)
  return {
    current: openNow,
    async session(signal) {
      const session = openNow()
      if (session !== null || opening === null) return session
      return untilAborted(opening, signal)
    },
    async close() {
      closing.abort()
      await current?.unbind()
      await running
    },
  }
}

/** Null when the signal aborts first. */
function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  return new Promise((resolve) => {
    const settle = (settled: Value | null) => {
      signal.removeEventListener('abort', abort)
      resolve(settled)
    }
    const abort = () => settle(null)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else value.then(settle, abort)
  })
}
