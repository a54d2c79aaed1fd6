import type { Caller } from '../../domain/caller.ts'
import type { PhoneCodeOutcome, RequestPhoneCode } from '../../engine/accounts/request-phone-code.ts'
import { kikapuLogin, phoneLoginTypes } from './purposes.ts'

/** The time between two codes, and how long we wait for the carriers' first answer; both are from the document. */
const cooldownSeconds = 60
const carrierMilliseconds = 10_000

export type LoginCodeOutcome =
  | PhoneCodeOutcome
  | { ok: false; refusal: 'delivery-failed'; retryAfterSeconds: null }

type LoginCodeCommand = Pick<
  Parameters<RequestPhoneCode>[0],
  'project' | 'phone' | 'target' | 'languages'
> & { caller: Caller }

/** Sends a login code and waits for the carriers' answer: the document has an error for when all of them refuse. */
export const createRequestLoginCode =
  (requestPhoneCode: RequestPhoneCode) =>
  async (command: LoginCodeCommand): Promise<LoginCodeOutcome> => {
    const sent = await requestPhoneCode<never>({
      ...command,
      purpose: kikapuLogin,
      types: phoneLoginTypes,
      cooldownSeconds,
      waitMilliseconds: carrierMilliseconds,
    })
    const hasFailed = sent.ok && sent.delivery === 'failed'
    return hasFailed ? { ok: false, refusal: 'delivery-failed', retryAfterSeconds: null } : sent
  }
