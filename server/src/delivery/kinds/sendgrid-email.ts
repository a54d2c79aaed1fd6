import Type from 'typebox'
import { mailboxOf } from '../../domain/address.ts'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, type OutgoingMessage, refuse } from '../carrier.ts'
import { describe, objectsOf, textOf } from '../protocols/answer-body.ts'
import { classifyStatus, createHttpCarrier, type HttpAnswer, jsonHeaders } from '../protocols/http-carrier.ts'
import { mailHeaders, parseSender, type Sender, subjectOf } from '../protocols/mail-fields.ts'
import { createSendgridReader, parseEventKey } from '../receipts/sendgrid.ts'
import { baseUrl, defineCarrierKind, mailSender, secret, text } from './carrier-kind.ts'

const settings = Type.Object({
  apiKey: secret({
    description: 'An API key that may send mail and nothing else.',
    expected: 'an API key',
    variable: 'SENDGRID_API_KEY',
  }),
  from: mailSender(),
  eventKey: Type.Optional(
    text({
      description: 'The key that verifies the events of SendGrid.',
      expected: 'the verification key of the signed event webhook',
      example:
        'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4cvK8CIlCkxdgHJ52g8IKT0yyouhmxL0J9IblQbSsGvqjYrfBJb/h73mPnb+4cL7XH7GUkbfQ7kHOgslKypQKw==',
      pattern: '^[A-Za-z0-9+/]{80,400}={0,2}$',
    }),
  ),
  baseUrl: baseUrl('https://api.sendgrid.com'),
})

/** Mail through SendGrid, or any service that implements its `v3/mail/send`. */
export const sendgridEmail = defineCarrierKind({
  kind: 'sendgrid-email',
  channels: ['email'],
  settings,
  guide: {
    title: 'SendGrid',
    setup: [
      'Authenticate the domain of the sender.',
      'Create an API key with restricted access: "Mail Send" only.',
      'For subusers in the European region, set `baseUrl: https://api.eu.sendgrid.com`.',
      'Any service that implements the same `v3/mail/send` works with its own `baseUrl`.',
    ],
    delivered: 'The event webhook says `delivered`; `bounce`, `dropped` and `blocked` mean that it was not.',
    source: 'https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send',
  },
  receipts: {
    setup: [
      'Create an event webhook with the URL, for processed, deferred, delivered, bounced and dropped.',
      'Enable its signature, and set `eventKey` to the verification key.',
    ],
    checked: 'The signature of the event webhook; without `eventKey`, the token in the URL.',
    open: ({ eventKey }) => createSendgridReader(eventKey === undefined ? null : parseEventKey(eventKey)),
  },
  create({ apiKey, from, eventKey, baseUrl }, parts) {
    if (eventKey !== undefined) parseEventKey(eventKey)
    const sender = parseSender(from)
    return createHttpCarrier({
      ...parts,
      channels: ['email'],
      url: `${baseUrl}/v3/mail/send`,
      render: (message) => ({
        headers: { ...jsonHeaders, authorization: `Bearer ${apiKey.reveal()}` },
        body: JSON.stringify(renderMail(message, sender)),
      }),
      classify: classifySendgrid,
    })
  },
})

function renderMail(message: OutgoingMessage, { name, address }: Sender) {
  const { to, text, html, idempotencyKey } = message
  return {
    personalizations: [{ to: [{ email: mailboxOf(to) }] }],
    from: { email: address, ...(name === '' ? {} : { name }) },
    subject: subjectOf(message),
    content: [
      { type: 'text/plain', value: text },
      ...(html === null ? [] : [{ type: 'text/html', value: html }]),
    ],
    headers: mailHeaders,
    // Returned in events.
    custom_args: { challenge: idempotencyKey },
    // Tracking rewrites the mail and tells a third party who opened it; who follows an unsubscribe link gets no code any more.
    tracking_settings: {
      click_tracking: { enable: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
    },
  }
}

/** The answer to an accepted mail has no body; SendGrid itself puts the id into a header. */
function classifySendgrid(answer: HttpAnswer): CarrierAnswer | null {
  const { status, headers, body, json } = answer
  const carrierMessageId = parseForeignId(headers['x-message-id'])
  const [error] = objectsOf(json.errors)
  if (status === 202 && error === undefined && (carrierMessageId !== null || body.trim() === ''))
    return { kind: 'accepted', carrierMessageId }

  const detail = describe(`HTTP ${status} SendGrid`, error?.field, error?.message)
  if (status === 429) {
    const retryAfterSeconds =
      parseRetryAfter(headers['retry-after'], new Date()) ?? secondsUntilReset(headers)
    return refuse('for-now', detail, retryAfterSeconds)
  }
  if (error === undefined || status < 400 || status >= 500) return null
  // Every other field is filled by our settings and texts, the same for everybody.
  const field = textOf(error.field)
  const isOurs = field !== '' && !field.startsWith('personalizations')
  return status === 400 && isOurs ? refuse('account', detail) : classifyStatus(answer, detail)
}

/** The seconds until the window of the limit ends. */
function secondsUntilReset(headers: HttpAnswer['headers']): number | null {
  const seconds = Number(headers['x-ratelimit-reset']) - Date.now() / 1000
  return Number.isFinite(seconds) ? Math.max(1, Math.min(600, Math.ceil(seconds))) : null
}
