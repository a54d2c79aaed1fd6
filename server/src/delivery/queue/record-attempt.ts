import { maskAddress, type Region } from '../../domain/address.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import type { Reservation } from '../../engine/ports/spending.ts'
import type { Attempt } from './attempt-carrier.ts'
import type { InFlightMessage } from './in-flight.ts'
import type { ResultWriter } from './result-writer.ts'

/** One attempt and what becomes of the challenge after it. */
export type AttemptRecord = {
  message: InFlightMessage
  region: Region | null
  attempt: Attempt
  next: DeliveryResult['next']
  /** The money reserved for it. The unspent part is returned when the result is stored. */
  reservation: Reservation | null
}

export type RecordAttempt = (record: AttemptRecord) => Promise<void>

/** Logs and stores attempts, and answers the caller that waits for the first outcome. */
export function createRecordAttempt({
  writer,
  log,
}: {
  writer: ResultWriter
  log: DeliveryLog
}): RecordAttempt {
  return async (record) => {
    const { message, region, attempt, next, reservation } = record
    const { challenge } = message
    const { carrier, answer, startedAt, finishedAt, cost } = attempt
    logAttempt(log, record)
    if (next.state === 'accepted') message.onFirstOutcome?.('accepted')
    await writer.write({
      projectId: challenge.projectId,
      challengeId: challenge.id,
      carrier,
      outcome: answer.kind,
      detail: answer.kind === 'accepted' ? null : answer.detail,
      carrierMessageId: answer.kind === 'accepted' ? answer.carrierMessageId : null,
      startedAt,
      finishedAt,
      next,
      attempt: { step: challenge.step ?? 0, channel: challenge.channel, country: region, cost, reservation },
    })
    // Stored before the caller is answered, so that the caller's next send does not have to wait because of a code that
    // failed.
    if (next.state === 'failed') message.onFirstOutcome?.('failed')
  }
}

function logAttempt(log: DeliveryLog, { message: { challenge }, attempt, next }: AttemptRecord): void {
  const { carrier, answer, startedAt, finishedAt } = attempt
  const details = {
    projectId: challenge.projectId,
    challengeId: challenge.id,
    channel: challenge.channel,
    to: maskAddress(challenge.address),
    carrier,
    milliseconds: finishedAt.getTime() - startedAt.getTime(),
    state: next.state,
  }
  if (answer.kind === 'accepted') log.debug(details, 'delivery.accepted')
  else log.warn({ ...details, detail: answer.detail }, `delivery.${answer.kind}`)
}
