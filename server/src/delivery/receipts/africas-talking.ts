import { textOf } from '../protocols/answer-body.ts'
import { fieldsOf, inbound, report, unsigned } from './receipt-reader.ts'

// https://developers.africastalking.com/docs/sms/notifications
const states: Record<string, 'sent' | 'delivered' | 'undelivered'> = {
  Sent: 'sent',
  Submitted: 'sent',
  Buffered: 'sent',
  Success: 'delivered',
  Rejected: 'undelivered',
  Failed: 'undelivered',
  AbsentSubscriber: 'undelivered',
  // Not too late: the operator discarded it for its text or sender.
  Expired: 'undelivered',
}

/** Delivery reports of Africa's Talking, which are forms. */
export const africasTalkingReader = unsigned(
  (request) => {
    const { id, status, failureReason } = fieldsOf(request)
    return id === undefined ? null : report(id, states[textOf(status)], status, failureReason)
  },
  {
    // Incoming messages, and the notification that somebody left a sender.
    readInbound(request) {
      const { from, text, status, senderId, phoneNumber } = fieldsOf(request)
      if (status !== undefined) return []
      return text === undefined && senderId !== undefined ? inbound(phoneNumber, 'STOP') : inbound(from, text)
    },
  },
)
