/*
 * When the next `submit_sm` may be sent: while fewer than `windowSize` are unanswered (SMPP 3.4 section 2.9), no more
 * than the SMSC accepts per second, and not while it needs a pause. A waiting message leaves the queue when its time is
 * over: nothing is kept to be sent later.
 */
export type SubmitWindow = {
  /** True when there is room. False when the signal aborts, or the queue is rejected, first. */
  acquire(signal: AbortSignal): Promise<boolean>
  /** To be called once for each `acquire`, when the answer has arrived or is given up. */
  release(): void
  /** Admits nothing for this time. */
  pause(milliseconds: number): void
  /** Resolves every waiting `acquire` to false. */
  rejectLine(): void
}

/**
 * A little more than a second, so that the messages of two seconds do not arrive within one. Within it a burst is not
 * delayed, because a code should not wait without need.
 */
const periodMilliseconds = 1_050

export function createSubmitWindow({
  windowSize,
  perSecondMax,
}: {
  windowSize: number
  perSecondMax: number | null
}): SubmitWindow {
  const line = new Set<(isAcquired: boolean) => void>()
  /** When each of the last `perSecondMax` was admitted, in a ring. */
  const admissions = new Float64Array(perSecondMax ?? 0).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  let inFlight = 0
  let pausedUntil = 0
  let timer: NodeJS.Timeout | undefined

  const millisecondsToWait = (now: number): number =>
    Math.max(pausedUntil, (admissions[oldest] ?? Number.NEGATIVE_INFINITY) + periodMilliseconds) - now

  const admit = (): void => {
    clearTimeout(timer)
    for (const settle of line) {
      if (inFlight >= windowSize) return
      const now = performance.now()
      const wait = millisecondsToWait(now)
      if (wait > 0) {
        timer = setTimeout(admit, Math.ceil(wait))
        return
      }
      inFlight += 1
      if (admissions.length > 0) {
        admissions[oldest] = now
        oldest = (oldest + 1) % admissions.length
      }
      settle(true)
    }
  }

  return {
    acquire(signal) {
      if (signal.aborted) return Promise.resolve(false)
      return new Promise((resolve) => {
        const settle = (isAcquired: boolean): void => {
          line.delete(settle)
          signal.removeEventListener('abort', abort)
          resolve(isAcquired)
        }
        const abort = () => settle(false)
        signal.addEventListener('abort', abort, { once: true })
        line.add(settle)
        admit()
      })
    },
    release() {
      inFlight -= 1
      admit()
    },
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, performance.now() + milliseconds)
    },
    rejectLine() {
      clearTimeout(timer)
      for (const settle of line) settle(false)
    },
  }
}
