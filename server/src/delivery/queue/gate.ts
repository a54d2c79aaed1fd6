/** Lets so many in at once; the others wait in line. */
export type Gate = {
  /** Resolves when there is room. Whoever entered must leave. */
  enter(): Promise<void>
  leave(): void
}

export function createGate(max: number): Gate {
  let inside = 0
  let line: (() => void)[] = []
  // Where the line begins: taking from the front of a long array would copy it each time.
  let first = 0

  return {
    enter() {
      if (inside < max) {
        inside += 1
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        line.push(resolve)
      })
    },
    leave() {
      const next = line[first]
      if (next === undefined) {
        inside -= 1
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
