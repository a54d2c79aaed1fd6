import { objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { hmac, isSameBytes, jsonOf, type ReceiptReader, report } from './receipt-reader.ts'

// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
const states: Record<string, 'sent' | 'delivered' | 'undelivered'> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  failed: 'undelivered',
}

/** Status webhooks of the WhatsApp Cloud API, and the request that Meta verifies the URL with. */
export const createMetaReader = (appSecret: string | null): ReceiptReader => ({
  asksForVerifyToken: true,
  verify:
    appSecret === null
      ? null
      : ({ headers, body }) => {
          const [, given = ''] = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature-256'] ?? '') ?? []
          return { isRight: isSameBytes(hmac('sha256', appSecret, body), Buffer.from(given, 'hex')) }
        },
  read(request) {
    const { object, entry } = objectOf(jsonOf(request))
    if (object !== 'whatsapp_business_account') return null
    return objectsOf(entry)
      .flatMap(({ changes }) => objectsOf(changes))
      .flatMap(({ value }) => objectsOf(objectOf(value).statuses))
      .flatMap(({ id, status, errors }) => {
        const [error] = objectsOf(errors)
        return report(id, states[textOf(status)], status, error?.code, error?.title)
      })
  },
  async checkSubscription({ method, url }, token) {
    if (method !== 'GET') return null
    const query = new URL(url).searchParams
    const isConfirmed =
      query.get('hub.mode') === 'subscribe' && token.isRight(query.get('hub.verify_token') ?? '')
    return isConfirmed ? { isConfirmed, text: textOf(query.get('hub.challenge')) } : { isConfirmed: false }
  },
})
