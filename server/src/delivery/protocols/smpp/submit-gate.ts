/*
 * When the next `submit_sm` may go: while fewer than a window of them are unanswered (SMPP 3.4 section 2.9), no more
 * than the SMSC takes in a second, and not while it has asked for a pause. Whoever must wait waits in line, and leaves
 * the line when there is no more time: nothing is kept to be sent later.
 */
export type SubmitGate = {
  /** True when there is room. False when the signal aborted, or the line was sent away, before there was. */
  enter(signal: AbortSignal): Promise<boolean>
  /** Once for each who entered, when the answer has come or is given up. */
  leave(): void
  /** Lets nobody in for so long. */
  hold(milliseconds: number): void
  sendAway(): void
}

/**
 * A little more than a second, so that what left in two seconds does not arrive in one. Within it a burst passes
 * unhindered: a code that need not wait should not.
 */
const periodMilliseconds = 1_050

export function createSubmitGate({
  windowSize,
  perSecondMax,
}: {
  windowSize: number
  perSecondMax: number | null
}): SubmitGate {
  const line = new Set<(isEntered: boolean) => void>()
  /** When each of the last `perSecondMax` entered, in a ring. */
  const entries = new Float64Array(perSecondMax ?? 0).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  let inside = 0
  let heldUntil = 0
  let timer: NodeJS.Timeout | undefined

  const millisecondsToWait = (now: number): number =>
    Math.max(heldUntil, (entries[oldest] ?? Number.NEGATIVE_INFINITY) + periodMilliseconds) - now

  const admit = (): void => {
    clearTimeout(timer)
    for (const enter of line) {
      if (inside >= windowSize) return
      const now = performance.now()
      const wait = millisecondsToWait(now)
      if (wait > 0) {
        timer = setTimeout(admit, Math.ceil(wait))
        return
      }
      inside += 1
      if (entries.length > 0) {
        entries[oldest] = now
        oldest = (oldest + 1) % entries.length
      }
      enter(true)
    }
  }

  return {
    enter(signal) {
      if (signal.aborted) return Promise.resolve(false)
      return new Promise((resolve) => {
        const settle = (isEntered: boolean): void => {
          line.delete(settle)
          signal.removeEventListener('abort', abort)
          resolve(isEntered)
        }
        const abort = () => settle(false)
        signal.addEventListener('abort', abort, { once: true })
        line.add(settle)
        admit()
      })
    },
    leave() {
      inside -= 1
      admit()
    },
    hold(milliseconds) {
      heldUntil = Math.max(heldUntil, performance.now() + milliseconds)
    },
    sendAway() {
      clearTimeout(timer)
      for (const settle of line) settle(false)
    },
  }
}
