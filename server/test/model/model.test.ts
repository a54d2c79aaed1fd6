import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPeople, type People, widenProjects } from '../people.ts'
import { startTestApp } from '../start-test-app.ts'
import { challengeCommands, newChallengeModel } from './challenge-model.ts'
import { sessionCommands } from './session-model.ts'

/*
 * Sequences of commands are run against a small model and against the real server with a moved clock; a sequence on which
 * they differ is shrunk to its shortest form, and printed as the list of its commands with the seed that repeats it.
 */

const runs = Number(process.env.MODEL_RUNS ?? 60)
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000)
/** A server does not see more runs than these: each moves its clock on, and days become partitions. */
const runsOfServer = 100

const timeout = 60_000 + runs * 1_500
const sequence = { maxCommands: 25, size: 'max' } as const

/** Runs a property in portions, each on a server of its own. */
async function checkInPortions(makeProperty: (people: People) => fc.IAsyncProperty<unknown>): Promise<void> {
  for (let done = 0; done < runs; done += runsOfServer) {
    const app = await startTestApp()
    try {
      await widenProjects(app)
      const people = await createPeople(app)
      const numRuns = Math.min(runsOfServer, runs - done)
      await fc.assert(makeProperty(people), { numRuns, seed: seed + done, endOnFailure: false })
      expect(app.logLines.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
    } finally {
      await app.stop()
    }
  }
}

test(
  `V2 V3 V4 V10 S1: the codes of an address live as the model says, ${runs} times (seed ${seed})`,
  {
    timeout,
  },
  () =>
    checkInPortions((people) =>
      fc.asyncProperty(fc.commands(challengeCommands, sequence), async (commands) => {
        const real = { people, target: people.newEmail() }
        await fc.asyncModelRun(() => ({ model: newChallengeModel(), real }), commands)
      }),
    ),
)

test(`T2 T3 T4: sessions live as the model says, ${runs} times (seed ${seed})`, { timeout }, () =>
  checkInPortions((people) =>
    fc.asyncProperty(fc.commands(sessionCommands, sequence), async (commands) => {
      const real = { people, email: await people.newUser() }
      await fc.asyncModelRun(() => ({ model: { now: 0, sessions: [] }, real }), commands)
    }),
  ),
)
