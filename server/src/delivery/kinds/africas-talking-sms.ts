import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { type CarrierAnswer, type RefusalReason, refuse } from '../carrier.ts'
import { describe, objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, renderForm } from '../protocols/http-carrier.ts'
import { africasTalkingReader } from '../receipts/africas-talking.ts'
import { baseUrl, defineCarrierKind, secret, text } from './carrier-kind.ts'

const settings = Type.Object({
  username: text({
    description: 'The application that sends; `sandbox` sends to the simulator.',
    expected: 'the name of an application',
    example: 'example',
    pattern: '^[A-Za-z0-9._-]{1,100}$',
  }),
  apiKey: secret({
    description: "The application's API key.",
    expected: 'the key that the dashboard shows once',
    variable: 'AFRICAS_TALKING_API_KEY',
  }),
  sender: Type.Optional(
    text({
      description: 'The sender of the SMS; the shared sender by default.',
      expected: 'a registered short code or alphanumeric sender',
      example: 'EXAMPLE',
      pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,19}$',
    }),
  ),
  baseUrl: baseUrl('https://api.africastalking.com'),
})

// The codes of recipients. If nothing was sent at all, the message is only the name of the code.
const meanings: Record<string, RefusalReason | 'accepted'> = {
  100: 'accepted', // processed
  101: 'accepted', // sent
  102: 'accepted', // queued
  401: 'account', // held for risk
  402: 'account', // sender
  405: 'account', // no credit
  407: 'recipient-for-now', // no route
  500: 'for-now',
  501: 'for-now', // gateway
  502: 'unclear-for-now', // rejected by the gateway
}
const codesByName: Record<string, string> = {
  RiskHold: '401',
  InvalidSenderId: '402',
  InvalidPhoneNumber: '403',
  UnsupportedNumberType: '404',
  InsufficientBalance: '405',
  UserInBlacklist: '406',
  CouldNotRoute: '407',
  DoNotDisturbRejection: '409',
  InternalServerError: '500',
  GatewayError: '501',
  RejectedByGateway: '502',
}

/** SMS through Africa's Talking, which answers 201 to every request with a valid login. */
export const africasTalkingSms = defineCarrierKind({
  kind: 'africas-talking-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: "Africa's Talking SMS",
    setup: [
      'Create an application, and an API key in its settings.',
      'Request a sender for each country; numbers on a do-not-disturb list get messages from transactional senders only.',
      'To try it out, set `username: sandbox` and `baseUrl: https://api.sandbox.africastalking.com`.',
    ],
    delivered:
      'The delivery report says `Success`; `Sent`, `Submitted` and `Buffered` mean that it is still on its way.',
    source: 'https://developers.africastalking.com/docs/sms/sending/bulk',
  },
  receipts: {
    setup: ['Enter the URL under "SMS", "SMS callback URLs", "Delivery reports".'],
    checked: 'The token in the URL.',
    open: () => africasTalkingReader,
  },
  create: ({ username, apiKey, sender, baseUrl }, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['sms'],
      url: `${baseUrl}/version1/messaging`,
      render({ to, text: message }) {
        const form = renderForm({ username, to, message, ...(sender === undefined ? {} : { from: sender }) })
        return { ...form, headers: { ...form.headers, apikey: apiKey.reveal() } }
      },
      classify: classifyAfricasTalking,
    }),
})

function classifyAfricasTalking({ status, json }: HttpAnswer): CarrierAnswer | null {
  if (status !== 200 && status !== 201) return null
  const { Recipients: recipients, Message: message } = objectOf(json.SMSMessageData)
  const [recipient] = objectsOf(recipients)
  const name = textOf(message)
  const code = recipient === undefined ? (codesByName[name] ?? '') : textOf(recipient.statusCode)
  if (code === '') return null

  const meaning = meanings[code] ?? 'for-good'
  if (meaning === 'accepted')
    return { kind: 'accepted', carrierMessageId: parseForeignId(recipient?.messageId) }
  return refuse(meaning, describe("Africa's Talking", code, recipient?.status ?? message))
}
