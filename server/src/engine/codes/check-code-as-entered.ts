import { type Address, parsePhoneNumber } from '../../domain/address.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { CheckCode, CheckCommand, CheckOutcome } from './check-code.ts'
import type { CountRequest } from './count-request.ts'

/** A check for a national number without a country: `entered` is the number as the send had it. */
export type EnteredCheckCommand = Omit<CheckCommand, 'address' | 'caller'> & { entered: string }

/** Judges a check for the address to which a code was sent as `entered`. */
export type CheckCodeAsEntered = (command: EnteredCheckCommand) => Promise<CheckOutcome>

export type CheckCodeAsEnteredParts = {
  challenges: Pick<ChallengeStore, 'findByEnteredTarget'>
  checkCode: CheckCode
  countRequest: CountRequest
}

export function createCheckCodeAsEntered({
  challenges,
  checkCode,
  countRequest,
}: CheckCodeAsEnteredParts): CheckCodeAsEntered {
  const findAddress = async ({
    project,
    purpose,
    recordId = null,
    entered,
  }: EnteredCheckCommand): Promise<Address | null> => {
    const sentTo = await challenges.findByEnteredTarget({
      projectId: project.id,
      purpose: purpose.name,
      recordId,
      entered,
    })
    // The code may have been sent to the same number in international form.
    return sentTo ?? parsePhoneNumber(entered, { region: project.settings.region })
  }

  return async (command) => {
    const address = await findAddress(command)
    if (address !== null) return checkCode({ ...command, address, caller: null })

    // Without an address no batch counts it, but it still counts as a request.
    const count = await countRequest(command.project)
    return count.ok ? { ok: false, refusal: 'unknown', retryAfterSeconds: null, usage: count.usage } : count
  }
}
