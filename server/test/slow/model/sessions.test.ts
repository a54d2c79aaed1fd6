import fc from 'fast-check'
import { test } from 'vitest'
import { checkInPortions, runs, seed, sequence, timeout } from './check-in-portions.ts'
import { sessionCommand, sessionOutcomes } from './session-model.ts'

test(`T2 T3 T4: sessions live as the model says, ${runs} times (seed ${seed})`, { timeout }, () =>
  checkInPortions({
    outcomes: sessionOutcomes,
    makeProperty: (people, note) =>
      fc.asyncProperty(fc.commands([sessionCommand], sequence), async (commands) => {
        const real = { people, email: await people.newUser(), note }
        await fc.asyncModelRun(() => ({ model: { now: 0, sessions: [] }, real }), commands)
      }),
  }),
)
