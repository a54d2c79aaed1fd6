import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import { describe, objectOf, textOf } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, jsonHeaders } from '../protocols/http-carrier.ts'
import { orangeReader } from '../receipts/orange.ts'
import { createAccessTokenSource } from './access-token-source.ts'
import { baseUrl, defineCarrierKind, secret, text } from './carrier-kind.ts'

const settings = Type.Object({
  clientId: text({
    description: 'The application.',
    expected: 'the client id that the portal shows',
    example: 'abcdEFGH1234abcdEFGH1234abcdEFGH',
    pattern: '^[\\x21-\\x39\\x3b-\\x7e]{1,200}$',
  }),
  clientSecret: secret({
    description: 'Its secret.',
    expected: 'the client secret that the portal shows',
    variable: 'ORANGE_CLIENT_SECRET',
  }),
  senderAddress: text({
    description: 'The country of the bundle, as the number that Orange assigns to it.',
    expected: 'the number of the country, such as +2250000 for Côte d’Ivoire or +2210000 for Senegal',
    example: '"+2250000"',
    pattern: '^\\+[1-9][0-9]{4,14}$',
  }),
  senderName: Type.Optional(
    text({
      description: 'The sender that phones show; the shared sender of the country by default.',
      expected: 'a sender name that Orange has registered, up to 11 characters',
      example: 'EXAMPLE',
      pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,10}$',
    }),
  ),
  baseUrl: baseUrl('https://api.orange.com'),
})

/** SMS through Orange in Africa and the Middle East. */
export const orangeSms = defineCarrierKind({
  kind: 'orange-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: 'Orange SMS',
    setup: [
      'Create an application on the developer portal, add "SMS Africa and Middle East" for the country, and buy a bundle.',
      'Each country needs a carrier of its own, with its `senderAddress`.',
      'Ask the local Orange team to register a sender name.',
    ],
    delivered:
      'The delivery receipt says `DeliveredToTerminal`; `DeliveryImpossible` means that it was not delivered.',
    source: 'https://developer.orange.com/apis/sms/getting-started',
  },
  receipts: {
    setup: ['Send the URL to the local Orange team, with the form for "Real time SMS DR".'],
    checked: 'The token in the URL.',
    open: () => orangeReader,
  },
  create({ clientId, clientSecret, senderAddress, senderName, baseUrl }, parts) {
    const sender = `tel:${senderAddress}`
    const tokens = createAccessTokenSource({ url: `${baseUrl}/oauth/v3/token`, clientId, clientSecret })
    const carrier = createHttpCarrier({
      ...parts,
      secrets: [...(parts.secrets ?? []), ...tokens.secrets],
      channels: ['sms'],
      url: `${baseUrl}/smsmessaging/v1/outbound/${encodeURIComponent(sender)}/requests`,
      async render({ to, text }, signal) {
        const token = await tokens.get(signal)
        if ('kind' in token) return token
        return {
          headers: { ...jsonHeaders, authorization: `Bearer ${token.reveal()}` },
          body: JSON.stringify({
            outboundSMSMessageRequest: {
              address: `tel:${to}`,
              senderAddress: sender,
              ...(senderName === undefined ? {} : { senderName }),
              outboundSMSTextMessage: { message: text },
            },
          }),
        }
      },
      classify: classifyOrange,
      dropLogin({ status }) {
        if (status === 401) tokens.forget()
        return status === 401
      },
    })
    return {
      ...carrier,
      async close() {
        tokens.close()
        await carrier.close?.()
      },
    }
  },
})

function classifyOrange({ status, headers, json }: HttpAnswer): CarrierAnswer | null {
  if (status === 201) {
    const { resourceURL } = objectOf(json.outboundSMSMessageRequest)
    const carrierMessageId = parseForeignId(
      typeof resourceURL === 'string' ? resourceURL.split('/').at(-1) : null,
    )
    return carrierMessageId === null ? null : { kind: 'accepted', carrierMessageId }
  }
  if (status >= 500) return null

  const { policyException, serviceException } = objectOf(json.requestError)
  const { messageId, text, variables } = objectOf(policyException ?? serviceException)
  const isWrapped = textOf(messageId) !== ''
  const errorText = isWrapped
    ? describe(messageId, text, ...(Array.isArray(variables) ? variables : []))
    : describe(json.code, json.message, json.description)
  if (errorText === '') return null
  const detail = describe(`HTTP ${status} Orange`, errorText)
  if (status === 429 || /too many requests|rate limit/i.test(errorText))
    return refuse('for-now', detail, parseRetryAfter(headers['retry-after'], new Date()))
  // Policy errors concern the bundle and its contract: no credit, expired, another country.
  const isRefusalOfUs = status === 401 || status === 403 || /^POL/.test(textOf(messageId))
  // A 400 about the sender means that a setting is wrong.
  if (isRefusalOfUs || (status === 400 && /sender ?(address|name)/i.test(errorText)))
    return refuse('account', detail)
  return status === 400 ? refuse('for-good', detail) : null
}
