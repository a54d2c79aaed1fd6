import { type Address, parsePhoneNumber } from '../../domain/address.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { CheckCode, CheckCommand, CheckOutcome } from './check-code.ts'
import type { CountRequest } from './count-request.ts'

/** A guess about a national number whose country nobody names: `entered` is the number as it stood in the send. */
export type EnteredCheckCommand = Omit<CheckCommand, 'address' | 'caller'> & { entered: string }

/** Judges a guess for the address that a code was sent to under this very entered. */
export type CheckCodeAsEntered = (command: EnteredCheckCommand) => Promise<CheckOutcome>

export type CheckSpelledCodeParts = {
  challenges: Pick<ChallengeStore, 'findByEnteredTarget'>
  checkCode: CheckCode
  countRequest: CountRequest
}

export function createCheckCodeAsEntered({
  challenges,
  checkCode,
  countRequest,
}: CheckSpelledCodeParts): CheckCodeAsEntered {
  const findAddress = async ({
    project,
    purpose,
    recordId = null,
    entered,
  }: EnteredCheckCommand): Promise<Address | null> => {
    const spelled = await challenges.findByEnteredTarget({
      projectId: project.id,
      purpose: purpose.name,
      recordId,
      entered,
    })
    // The code may have been sent to the same number in international form.
    return spelled ?? parsePhoneNumber(entered, { region: project.settings.region })
  }

  return async (command) => {
    const address = await findAddress(command)
    if (address !== null) return checkCode({ ...command, address, caller: null })

    // Without an address there is no batch to count it in; it counts as a request all the same.
    const count = await countRequest(command.project)
    return count.ok ? { ok: false, refusal: 'unknown', retryAfterSeconds: null, usage: count.usage } : count
  }
}
