import type { Carrier, CarrierAnswer, OutgoingMessage } from '../carrier.ts'

/** Has one carrier deliver a message within a time limit, even if the carrier ignores its signal. */
export async function deliverInTime(
  carrier: Carrier,
  message: OutgoingMessage,
  { milliseconds, stopSignal }: { milliseconds: number; stopSignal: AbortSignal },
): Promise<CarrierAnswer> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, milliseconds)
  stopSignal.addEventListener('abort', abort, { once: true })
  if (stopSignal.aborted) abort()

  try {
    return await Promise.race([carrier.deliver(message, controller.signal), ignored(controller.signal)])
  } finally {
    clearTimeout(timer)
    stopSignal.removeEventListener('abort', abort)
  }
}

/** The answer for a carrier that does not answer even after its signal. */
const ignored = (signal: AbortSignal): Promise<CarrierAnswer> =>
  new Promise((resolve) => {
    const graceMilliseconds = 250
    const answer: CarrierAnswer = { kind: 'unknown', detail: 'The carrier did not stop when told to.' }
    signal.addEventListener('abort', () => setTimeout(resolve, graceMilliseconds, answer), { once: true })
  })
