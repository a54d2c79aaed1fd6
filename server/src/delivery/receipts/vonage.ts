import { textOf } from '../answer-body.ts'
import { fieldsOf, report, unsigned } from './receipt-reader.ts'

// https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
const states: Record<string, 'sent' | 'delivered' | 'undelivered' | 'expired'> = {
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  expired: 'expired',
  failed: 'undelivered',
  rejected: 'undelivered',
}

/** Delivery receipts of the SMS API, which an account sends as query, form or JSON. */
export const vonageReader = unsigned((request) => {
  const { messageId, status, 'err-code': code } = fieldsOf(request)
  return messageId === undefined ? null : report(messageId, states[textOf(status)], status, code)
})
