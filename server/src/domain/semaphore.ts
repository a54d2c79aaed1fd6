/** A counting semaphore. The groups that wait take turns; in each group it is first come, first served. */
export type Semaphore = {
  /** Resolves when there is room. Each call needs one `release`. */
  acquire(group: string): Promise<void>
  release(): void
}

/** Who waits of one group. `first` is where the line begins: taking from the front of a long array would copy it each time. */
type Line = { waiting: (() => void)[]; first: number }

/** Admits `max` at a time. */
export function createSemaphore(max: number): Semaphore {
  // In the order of turns.
  const lines = new Map<string, Line>()
  let taken = 0

  /** Who is next of the group whose turn it is. The group then goes behind all others. */
  function takeNext(): (() => void) | undefined {
    const [turn] = lines
    if (turn === undefined) return undefined
    const [group, line] = turn
    const next = line.waiting[line.first]
    line.first += 1
    lines.delete(group)
    if (line.first < line.waiting.length) lines.set(group, trim(line))
    return next
  }

  return {
    acquire(group) {
      if (taken < max) {
        taken += 1
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const line = lines.get(group)
        if (line === undefined) lines.set(group, { waiting: [resolve], first: 0 })
        else line.waiting.push(resolve)
      })
    },
    release() {
      const next = takeNext()
      if (next === undefined) taken -= 1
      else next()
    },
  }
}

/** Removes those that have left, once they are the majority. */
const trim = ({ waiting, first }: Line): Line =>
  first > 1024 && first * 2 > waiting.length
    ? { waiting: waiting.slice(first), first: 0 }
    : { waiting, first }
