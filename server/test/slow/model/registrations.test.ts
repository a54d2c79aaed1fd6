import fc from 'fast-check'
import { test } from 'vitest'
import { checkInPortions, runs, seed, timeout } from './check-in-portions.ts'
import {
  expectOwn,
  newRegistrationModel,
  registrationCommand,
  registrationOutcomes,
} from './registration-model.ts'

/** Fresh networks for each run, so that no limit of one reaches another. */
let runNumber = 0

test(
  `A5: what the prover of an address has not set himself never survives the proof, ${runs} times (seed ${seed})`,
  { timeout },
  () =>
    checkInPortions({
      env: { TRUST_PROXY: '1' },
      outcomes: registrationOutcomes,
      makeProperty: (people, note) =>
        fc.asyncProperty(
          fc.commands([registrationCommand], { maxCommands: 20, size: 'max' }),
          async (commands) => {
            const model = newRegistrationModel()
            runNumber += 1
            const network = `10.${runNumber >> 8}.${runNumber & 255}`
            const networks = {
              owner: { 'x-forwarded-for': `${network}.1` },
              stranger: { 'x-forwarded-for': `${network}.2` },
            }
            const real = { people, email: people.newEmail(), networks, note }
            await fc.asyncModelRun(() => ({ model, real }), commands)
            await expectOwn(model, real)
          },
        ),
    }),
)
