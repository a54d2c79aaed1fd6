import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { type CarrierAnswer, type RefusalReason, refuse } from '../carrier.ts'
import { describe, objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, jsonHeaders } from '../protocols/http-carrier.ts'
import { infobipReader } from '../receipts/infobip.ts'
import { baseUrl, defineCarrierKind, secret, text } from './carrier-kind.ts'

const settings = Type.Object({
  apiKey: secret({
    description: 'An API key with the scope `sms:message:send`.',
    expected: 'the key that the portal shows',
    variable: 'INFOBIP_API_KEY',
  }),
  sender: text({
    description: 'The sender of the SMS.',
    expected: 'a registered alphanumeric sender, a short code, or a number without its +',
    example: 'Example',
    pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,14}$',
  }),
  baseUrl: baseUrl('https://api.infobip.com'),
})

// Names of the status in an answer with status 200. Names that are not listed concern the number or the text.
const refusalReasons: Record<string, RefusalReason> = {
  REJECTED_NETWORK: 'account',
  REJECTED_SOURCE: 'account',
  REJECTED_SENDER: 'account',
  REJECTED_NOT_ENOUGH_CREDITS: 'account',
  REJECTED_PREPAID_PACKAGE_EXPIRED: 'account',
  REJECTED_DESTINATION_NOT_REGISTERED: 'account',
  REJECTED_ROUTE_NOT_AVAILABLE: 'account',
  REJECTED_FREE_TRIAL_EXCEEDED: 'account',
  REJECTED_FLOODING_FILTER: 'recipient-for-now',
  REJECTED_SYSTEM_ERROR: 'for-now',
  REJECTED_INTERNAL_ERROR: 'for-now',
  REJECTED_NOT_REACHABLE: 'recipient-for-now',
  UNDELIVERABLE_REJECTED_PLATFORM: 'for-now',
}

/** SMS through Infobip's SMS API, version 3. */
export const infobipSms = defineCarrierKind({
  kind: 'infobip-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: 'Infobip SMS',
    setup: [
      'Copy the base URL of the account from the portal: each has its own, such as `https://xyz123.api.infobip.com`.',
      'Create an API key that may send SMS and nothing else.',
      'Register the sender for each country that requires it.',
    ],
    delivered:
      'The delivery report says `DELIVERED_TO_HANDSET`; `DELIVERED_TO_OPERATOR` and `PENDING` mean that it is still on its way.',
    source: 'https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages',
  },
  receipts: {
    setup: ['Every message requests its reports.'],
    checked: 'The token in the URL.',
    open: () => infobipReader,
  },
  create: ({ apiKey, sender, baseUrl }, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['sms'],
      url: `${baseUrl}/sms/3/messages`,
      render: ({ to, text, idempotencyKey }) => ({
        headers: { ...jsonHeaders, authorization: `App ${apiKey.reveal()}` },
        body: JSON.stringify({
          messages: [
            {
              sender,
              destinations: [{ to: to.slice(1) }],
              content: { text },
              // No code lives longer (C3).
              options: { validityPeriod: { amount: 10, timeUnit: 'MINUTES' } },
              // As the message id, ours would be refused as a duplicate on a retry, so it is only callback data.
              webhooks: {
                callbackData: idempotencyKey,
                ...(parts.receiptUrl == null
                  ? {}
                  : { delivery: { url: parts.receiptUrl }, contentType: 'application/json' }),
              },
            },
          ],
        }),
      }),
      classify: classifyInfobip,
    }),
})

function classifyInfobip({ status, json }: HttpAnswer): CarrierAnswer | null {
  const [message] = objectsOf(json.messages)
  if (status !== 200 || message === undefined) return null

  const { groupName, name, description } = objectOf(message.status)
  const group = textOf(groupName)
  if (['PENDING', 'DELIVERED', 'OK', 'ACCEPTED'].includes(group))
    return { kind: 'accepted', carrierMessageId: parseForeignId(message.messageId) }
  if (!['REJECTED', 'UNDELIVERABLE', 'EXPIRED'].includes(group)) return null
  return refuse(refusalReasons[textOf(name)] ?? 'for-good', describe('Infobip', name, description))
}
