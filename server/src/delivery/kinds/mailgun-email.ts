import Type from 'typebox'
import { mailboxOf } from '../../domain/address.ts'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import { describe, textOf } from '../protocols/answer-body.ts'
import { basicLogin, createHttpCarrier, type HttpAnswer, renderForm } from '../protocols/http-carrier.ts'
import { formatSender, mailHeaders, parseSender, subjectOf } from '../protocols/mail-fields.ts'
import { createMailgunReader } from '../receipts/mailgun.ts'
import { choice, defineCarrierKind, mailSender, secret, text } from './carrier-kind.ts'

const hosts = { us: 'https://api.mailgun.net', eu: 'https://api.eu.mailgun.net' } as const

const settings = Type.Object({
  domain: text({
    description: 'The sending domain.',
    expected: 'a verified domain of the account',
    example: 'mg.example.com',
    pattern: '^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$',
  }),
  apiKey: secret({
    description: 'A sending key of the domain.',
    expected: 'a sending key',
    variable: 'MAILGUN_SENDING_KEY',
  }),
  from: mailSender(),
  signingKey: Type.Optional(
    secret({
      description: 'The key that Mailgun signs its webhooks with.',
      expected: 'the HTTP webhook signing key',
      variable: 'MAILGUN_SIGNING_KEY',
    }),
  ),
  region: choice(['us', 'eu'], {
    description: 'The region of the domain; keys and domains of one region do not exist in the other.',
    example: 'eu',
    default: 'us',
  }),
  baseUrl: Type.Optional(
    text({
      description: 'The URL of a proxy of yours, instead of the API of the region.',
      expected: 'an https URL without query; http on this machine only',
      example: 'https://mail-proxy.example.com',
      pattern: '^(https://[^\\s/?#@]+|http://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?)(/[^\\s?#]*)?$',
    }),
  ),
})

/** Mail through Mailgun's messages API. */
export const mailgunEmail = defineCarrierKind({
  kind: 'mailgun-email',
  channels: ['email'],
  settings,
  guide: {
    title: 'Mailgun',
    setup: [
      'Verify the domain with SPF and DKIM, in the region where its data may be stored.',
      'Create a sending key for this domain: it can send and nothing else.',
    ],
    delivered:
      'The webhook says `delivered`; `failed` with the severity `permanent` means that it never will be.',
    source: 'https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages',
  },
  receipts: {
    setup: [
      'Set `signingKey`, and enter the URL as the webhook for delivered messages and for permanent and temporary failures.',
    ],
    checked:
      'The token in the URL, and with `signingKey` the Mailgun signature; each nonce is accepted with one body only.',
    open: ({ signingKey }) => createMailgunReader(signingKey?.reveal() ?? null),
  },
  create({ domain, apiKey, from, region, baseUrl }, parts) {
    const sender = formatSender(parseSender(from))
    const headers = Object.entries(mailHeaders).map(([name, value]) => [`h:${name}`, value])
    return createHttpCarrier({
      ...parts,
      channels: ['email'],
      url: `${baseUrl ?? hosts[region]}/v3/${encodeURIComponent(domain)}/messages`,
      render(message) {
        const { to, text, html, idempotencyKey } = message
        const form = renderForm({
          from: sender,
          to: mailboxOf(to),
          subject: subjectOf(message),
          text,
          ...(html === null ? {} : { html }),
          ...Object.fromEntries(headers),
          // Tracking rewrites the mail and tells a third party who opened it.
          'o:tracking': 'no',
          // Returned in events.
          'v:challenge': idempotencyKey,
        })
        return { ...form, headers: { ...form.headers, authorization: basicLogin('api', apiKey.reveal()) } }
      },
      classify: classifyMailgun,
    })
  },
})

function classifyMailgun(answer: HttpAnswer): CarrierAnswer | null {
  const { status, json } = answer
  if (status === 200) {
    const carrierMessageId = parseForeignId(json.id)
    return carrierMessageId === null ? null : { kind: 'accepted', carrierMessageId }
  }
  const message = textOf(json.message)
  if (status !== 400 || message === '') return null
  const detail = describe('HTTP 400 Mailgun', json.message)
  // Every other parameter is filled by our settings and texts, the same for everybody.
  const [, parameter = 'to'] = /'?\b([a-z][a-z:-]*)\b'? parameter/i.exec(message) ?? []
  return refuse(parameter.toLowerCase() === 'to' ? 'for-good' : 'account', detail)
}
