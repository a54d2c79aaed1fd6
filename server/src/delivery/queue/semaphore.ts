/** A counting semaphore, first come, first served. */
export type Semaphore = {
  /** Resolves when there is room. Each call needs one `release`. */
  acquire(): Promise<void>
  release(): void
}

/** Admits `max` at a time. */
export function createSemaphore(max: number): Semaphore {
  let taken = 0
  let line: (() => void)[] = []
  // The head of the queue. Removing it from the front of a long array would copy the array each time.
  let first = 0

  return {
    acquire() {
      if (taken < max) {
        taken += 1
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        line.push(resolve)
      })
    },
    release() {
      const next = line[first]
      if (next === undefined) {
        taken -= 1
        return
      }
      first += 1
      if (first > 1024 && first * 2 > line.length) {
        line = line.slice(first)
        first = 0
      }
      next()
    },
  }
}
