import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import { type Carrier, type CarrierAnswer, type OutgoingMessage, refuse } from '../carrier.ts'
import { cleanDetail } from './clean-detail.ts'
import { createReporter } from './reporter.ts'

/** A carrier as its protocol writes it. It may repeat whatever its peer says, and may throw. */
export type CarrierDraft = Pick<Carrier, 'name' | 'channels' | 'concurrencyMax' | 'close'> & {
  /** What no record or log may hold, whatever the peer says: passwords, and logins made of them. */
  secrets?: readonly string[]
  /** Where a refusal of our account is reported, so that somebody mends it. */
  log?: Pick<DeliveryLog, 'error'> | undefined
  /** `hide` takes a secret that only this call knows, such as the token that it logs in with. */
  deliver(
    message: OutgoingMessage,
    signal: AbortSignal,
    hide: (secret: string) => void,
  ): Promise<CarrierAnswer>
}

/**
 * Makes a carrier. This is the one place that a carrier's words pass on their way to records and logs, so they are
 * cleaned here, of the code, the address and every secret (C2). A carrier that throws has a defect; for the message that
 * is a refusal for now.
 */
export function createCarrier({ secrets = [], log, deliver, ...carrier }: CarrierDraft): Carrier {
  const report = createReporter(carrier.name, log)

  async function answerOf(
    message: OutgoingMessage,
    signal: AbortSignal,
    hide: (secret: string) => void,
  ): Promise<CarrierAnswer> {
    try {
      return await deliver(message, signal, hide)
    } catch (error) {
      return refuse('for-now', `fault: ${error instanceof Error ? error.message : error}`)
    }
  }

  return {
    ...carrier,
    async deliver(message, signal) {
      const hidden = [...secrets]
      const answer = await answerOf(message, signal, (secret) => hidden.push(secret))
      if (answer.kind === 'accepted') return answer
      const detail = cleanDetail(answer.detail, message, hidden)
      if (answer.kind === 'refused' && answer.reason === 'account') report('carrier.account-refused', detail)
      return { ...answer, detail }
    },
  } as Carrier
}
