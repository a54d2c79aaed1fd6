import { type Address, parsePhoneNumber } from '../../domain/address.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { CheckCode, CheckCommand, CheckOutcome } from './check-code.ts'
import type { CountRequest } from './count-request.ts'

/** A guess about a national number whose country nobody names: `spelling` is the number as it stood in the send. */
export type SpelledCheckCommand = Omit<CheckCommand, 'address' | 'caller'> & { spelling: string }

/** Judges a guess for the address that a code was sent to under this very spelling. */
export type CheckSpelledCode = (command: SpelledCheckCommand) => Promise<CheckOutcome>

export type CheckSpelledCodeParts = {
  challenges: Pick<ChallengeStore, 'addressSpelled'>
  checkCode: CheckCode
  countRequest: CountRequest
}

export function createCheckSpelledCode({
  challenges,
  checkCode,
  countRequest,
}: CheckSpelledCodeParts): CheckSpelledCode {
  const findAddress = async ({
    project,
    purpose,
    recordId = null,
    spelling,
  }: SpelledCheckCommand): Promise<Address | null> => {
    const spelled = await challenges.addressSpelled({
      projectId: project.id,
      purpose: purpose.name,
      recordId,
      spelling,
    })
    // The code may have been sent to the same number in international form.
    return spelled ?? parsePhoneNumber(spelling, { region: project.settings.region })
  }

  return async (command) => {
    const address = await findAddress(command)
    if (address !== null) return checkCode({ ...command, address, caller: null })

    // Without an address there is no batch to count it in; it counts as a request all the same.
    const count = await countRequest(command.project)
    return count.ok ? { ok: false, refusal: 'unknown', retryAfterSeconds: null, usage: count.usage } : count
  }
}
