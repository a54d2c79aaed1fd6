import fc from 'fast-check'
import { expect, inject } from 'vitest'
import { createPeople, type People, widenProjects } from '../../harness/people.ts'
import { startTestApp } from '../../harness/start-test-app.ts'
import { keepWatched, watch } from '../../security/canary/watch.ts'

/*
 * Sequences of commands are run against a small model and against the real server with a moved clock; a sequence on which
 * they differ is shrunk to its shortest form, and printed as the list of its commands with the seed that repeats it.
 */

/** Sequences of each kind: `MODEL_RUNS` counts them all, half of them of codes and half of sessions. */
export const runs = Math.ceil(Number(process.env.MODEL_RUNS ?? 200) / 2)
export const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000)
/** A server gets no more runs than these, so that the seed of a failure reproduces it soon. */
const runsOfServer = 100
/** In runs of at least this size each outcome occurs many times. */
const runsThatMeetAll = 5_000

export const timeout = 60_000 + runs * 1_500
export const sequence = { maxCommands: 25, size: 'max' } as const

type Portioned<Outcome> = {
  /** More environment of the server. */
  env?: Record<string, string>
  outcomes: readonly Outcome[]
  /** `note` counts the outcome of a command. */
  makeProperty: (people: People, note: (outcome: Outcome) => void) => fc.IAsyncProperty<unknown>
}

/** Runs a property in portions, each on a server of its own, and reports how often each outcome occurred. */
export async function checkInPortions<Outcome extends string>({
  env = {},
  outcomes,
  makeProperty,
}: Portioned<Outcome>): Promise<void> {
  const met = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]))
  const note = (outcome: Outcome): void => void met.set(outcome, (met.get(outcome) ?? 0) + 1)

  for (let done = 0; done < runs; done += runsOfServer) {
    const app = await startTestApp({ env })
    try {
      await widenProjects(app)
      const property = makeProperty(await createPeople(app), note)
      await fc.assert(property, { numRuns: Math.min(runsOfServer, runs - done), seed: seed + done })
      expect(app.logLines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([])
    } finally {
      await app.stop()
    }
    // What the servers of a long run leave behind is too much for the memory.
    keepWatched(inject('canaryDirectory'), watch.watched())
    watch.forget()
  }

  console.info([...met].map(([outcome, times]) => `${outcome}: ${times}`).join('; '))
  if (runs >= runsThatMeetAll) expect([...met].filter(([, times]) => times === 0)).toEqual([])
}
