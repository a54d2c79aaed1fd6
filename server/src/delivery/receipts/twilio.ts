import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import { textOf } from '../protocols/answer-body.ts'
import { fieldsOf, hmac, inbound, isSameBytes, type ReceiptReader, report } from './receipt-reader.ts'

// https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
const messageStates: Record<string, 'sent' | 'delivered' | 'undelivered'> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'undelivered',
  canceled: 'undelivered',
}

// https://www.twilio.com/docs/voice/api/call-resource#statuscallback
const callStates: Record<string, 'delivered' | 'undelivered'> = {
  completed: 'delivered',
  busy: 'undelivered',
  'no-answer': 'undelivered',
  failed: 'undelivered',
  canceled: 'undelivered',
}

/** Reads status callbacks of messages and calls. Without the account's auth token their signature cannot be checked. */
export const createTwilioReader = (authToken: string | null): ReceiptReader => ({
  verify: authToken === null ? null : (request) => ({ isRight: isSigned(request, authToken) }),
  read(request) {
    const fields = fieldsOf(request)
    const { MessageSid, SmsSid, CallSid, CallStatus, ErrorCode } = fields
    const messageStatus = textOf(fields.MessageStatus ?? fields.SmsStatus)
    const messageSid = MessageSid ?? SmsSid
    if (messageSid !== undefined)
      return report(messageSid, messageStates[messageStatus], messageStatus, ErrorCode)
    if (CallSid === undefined) return null
    return report(CallSid, callStates[textOf(CallStatus)], CallStatus)
  },
  // https://www.twilio.com/docs/messaging/guides/webhook-request. `OptOutType` is what Twilio itself has understood.
  readInbound(request) {
    const { From, Body, OptOutType, MessageStatus } = fieldsOf(request)
    return MessageStatus === undefined ? inbound(From, OptOutType ?? Body) : []
  },
})

/**
 * https://www.twilio.com/docs/usage/security#validating-requests: the URL that Twilio requested, followed by each field
 * of the form with its value, in the order of names.
 */
function isSigned({ url, headers, body }: ProviderRequest, authToken: string): boolean {
  const given = Buffer.from(headers['x-twilio-signature'] ?? '', 'base64')
  const form = new URLSearchParams(body.toString('utf8'))
  const names = [...new Set(form.keys())].sort()
  const fields = names
    .map((name) =>
      [...new Set(form.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('')
  // Twilio signs the URL with or without its port.
  const withoutPort = url.replace(/^(https?:\/\/[^/?#]*?):\d+(?=[/?#]|$)/, '$1')
  return [url, withoutPort]
    .map((spelling) => isSameBytes(hmac('sha1', authToken, spelling + fields), given))
    .includes(true)
}
