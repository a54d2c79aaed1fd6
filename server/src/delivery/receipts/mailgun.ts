import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import { objectOf, textOf } from '../protocols/answer-body.ts'
import { hmac, isSameBytes, jsonOf, type ReceiptReader, report } from './receipt-reader.ts'

/** Mailgun retries for eight hours, with the original signature. */
const ageSecondsMax = 9 * 3600
const skewSeconds = 300

/**
 * Webhooks of Mailgun. The signature covers a time and a nonce, but not the body. So each nonce is accepted with one
 * body only, and the path must contain the callback token as well.
 */
export const createMailgunReader = (signingKey: string | null): ReceiptReader => ({
  needsToken: true,
  verify:
    signingKey === null
      ? null
      : (request) => {
          const { timestamp, token, signature } = objectOf(objectOf(jsonOf(request)).signature)
          const time = textOf(timestamp)
          const nonce = textOf(token)
          const expected = hmac('sha256', signingKey, time + nonce)
          const age = Date.now() / 1000 - Number(time)
          const isFresh = age < ageSecondsMax && age > -skewSeconds
          const isRight =
            /^[0-9]{1,12}$/.test(time) &&
            nonce !== '' &&
            nonce.length <= 100 &&
            isSameBytes(expected, Buffer.from(textOf(signature), 'hex')) &&
            isFresh
          return isRight ? { isRight, once: nonce } : { isRight: false }
        },
  read: readEvent,
})

// https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
function readEvent(request: ProviderRequest) {
  const data = objectOf(jsonOf(request))['event-data']
  if (data === undefined) return null
  const { event, severity, reason, message, 'delivery-status': status } = objectOf(data)
  const id = textOf(objectOf(objectOf(message).headers)['message-id'])
  const code = objectOf(status).code
  return report(
    id === '' ? '' : `<${id.replace(/^<|>$/g, '')}>`,
    stateOf(textOf(event), textOf(severity)),
    event,
    reason,
    code,
  )
}

function stateOf(event: string, severity: string) {
  if (event === 'failed') return severity === 'permanent' ? 'undelivered' : 'sent'
  if (event === 'delivered' || event === 'complained') return 'delivered'
  return event === 'rejected' ? 'undelivered' : undefined
}
