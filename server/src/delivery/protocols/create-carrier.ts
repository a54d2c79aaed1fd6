import { parseForeignId } from '../../domain/foreign-text.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import { type Carrier, type CarrierAnswer, type OutgoingMessage, refuse } from '../carrier.ts'
import { cleanDetail } from './clean-detail.ts'
import { createReporter } from './reporter.ts'

/** A carrier as its protocol implements it. It may repeat anything that its peer says, and may throw. */
export type CarrierDraft = Pick<Carrier, 'name' | 'channels' | 'concurrencyMax' | 'close'> & {
  /** What no record or log may contain, even if the peer repeats it: passwords, and logins made from them. */
  secrets?: readonly string[]
  /** Where a refusal of our account is reported, so that somebody fixes it. */
  log?: Pick<DeliveryLog, 'error'> | undefined
  /** `hide` takes a secret that only this call knows, such as the token that it logs in with. */
  deliver(
    message: OutgoingMessage,
    signal: AbortSignal,
    hide: (secret: string) => void,
  ): Promise<CarrierAnswer>
}

/**
 * Creates a carrier. Everything that a carrier says on its way to records and logs passes here, so the code, the address,
 * every secret (C2) and what cannot be stored are removed here. A carrier that throws has a defect; the message counts as
 * refused for now.
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
      if (answer.kind === 'accepted')
        return { kind: 'accepted', carrierMessageId: parseForeignId(answer.carrierMessageId) }
      const detail = cleanDetail(answer.detail, message, hidden)
      if (answer.kind === 'refused' && answer.reason === 'account') report('carrier.account-refused', detail)
      return { ...answer, detail }
    },
  } as Carrier
}
