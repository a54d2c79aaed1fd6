import fc from 'fast-check'
import { test } from 'vitest'
import { challengeCommand, challengeOutcomes, newChallengeModel } from './challenge-model.ts'
import { checkInPortions, runs, seed, sequence, timeout } from './check-in-portions.ts'

test(
  `V2 V3 V4 V10 S1: the codes of an address live as the model says, ${runs} times (seed ${seed})`,
  {
    timeout,
  },
  () =>
    checkInPortions({
      outcomes: challengeOutcomes,
      makeProperty: (people, note) =>
        fc.asyncProperty(fc.commands([challengeCommand], sequence), async (commands) => {
          const real = { people, target: people.newEmail(), note }
          await fc.asyncModelRun(() => ({ model: newChallengeModel(), real }), commands)
        }),
    }),
)
