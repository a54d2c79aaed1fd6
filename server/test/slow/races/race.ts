import type { RaceWorld } from './race-world.ts'

/** One kind of race. Its name begins with the ids of what it proves. */
export type Race = {
  name: string
  /** Runs one round and fails where the answers or the rows are wrong. */
  run: (world: RaceWorld) => Promise<void>
}

/** How many requests are released together. */
export const together = 200
