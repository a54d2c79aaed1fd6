import Type from 'typebox'
import { mailboxOf } from '../../domain/address.ts'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, type OutgoingMessage, refuse } from '../carrier.ts'
import { describe, textOf } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, jsonHeaders } from '../protocols/http-carrier.ts'
import { formatSender, mailHeaders, parseSender, subjectOf } from '../protocols/mail-fields.ts'
import { createSesReader } from '../receipts/ses.ts'
import { awsAccount, signRequest } from './aws-account.ts'
import { defineCarrierKind, mailSender, text } from './carrier-kind.ts'

const settings = Type.Object({
  ...awsAccount,
  from: mailSender(),
  configurationSet: Type.Optional(
    text({
      description: 'The configuration set that publishes deliveries and bounces.',
      expected: 'the name of a configuration set',
      example: 'codes',
      pattern: '^[A-Za-z0-9_-]{1,64}$',
    }),
  ),
  topicArn: Type.Optional(
    text({
      description: 'The topic that delivers its events to us.',
      expected: 'the ARN of an SNS topic',
      example: 'arn:aws:sns:eu-west-1:123456789012:codes',
      pattern: '^arn:aws(-cn|-us-gov)?:sns:[a-z]{2}(-[a-z]+)+-[0-9]:[0-9]{12}:[A-Za-z0-9_-]{1,256}$',
    }),
  ),
})

const accountErrors =
  /^(AccountSuspended|SendingPaused|MailFromDomainNotVerified|NotFound|LimitExceeded|AccessDenied|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|MissingAuthenticationToken|SignatureDoesNotMatch|ExpiredToken|RequestExpired|IncompleteSignature)/

/** Mail through Amazon SES, version 2 of its API. */
export const amazonSes = defineCarrierKind({
  kind: 'ses-email',
  channels: ['email'],
  settings,
  guide: {
    title: 'Amazon SES',
    setup: [
      'Verify the domain of the sender in this region, with DKIM, and have the account moved out of the sandbox.',
      'Create a user with the permission `ses:SendEmail` for this identity only, and an access key.',
      'Leave open and click tracking off: they rewrite mail that carries codes.',
    ],
    delivered:
      'The configuration set publishes a `Delivery` event; `Bounce`, `Complaint` and `Reject` mean that it was not delivered.',
    source: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html',
  },
  receipts: {
    setup: [
      'Create an SNS topic, set `topicArn` to it, and have the configuration set publish its events to it.',
      'Subscribe the URL to the topic, without raw delivery; the server confirms the subscription itself.',
    ],
    checked: 'The signature of SNS, the topic, and the token in the URL.',
    // Plain http is only for a proxy on this machine, which then replaces all Amazon endpoints.
    open: ({ topicArn, baseUrl }, { log }) =>
      createSesReader({
        topicArn: topicArn ?? null,
        snsUrl: baseUrl?.startsWith('http:') ? baseUrl : undefined,
        log,
      }),
  },
  create({ from, configurationSet, baseUrl, ...account }, parts) {
    const url = `${baseUrl ?? `https://email.${account.region}.amazonaws.com`}/v2/email/outbound-emails`
    const sender = formatSender(parseSender(from))
    return createHttpCarrier({
      ...parts,
      channels: ['email'],
      url,
      render(message) {
        const body = JSON.stringify({
          ...renderMail(message, sender),
          ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
        })
        return signRequest(account, { url, service: 'ses', request: { headers: { ...jsonHeaders }, body } })
      },
      classify: classifySes,
    })
  },
})

function renderMail(message: OutgoingMessage, from: string) {
  const { to, text, html, idempotencyKey } = message
  const part = (Data: string) => ({ Data, Charset: 'UTF-8' })
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: [mailboxOf(to)] },
    Content: {
      Simple: {
        Subject: part(subjectOf(message)),
        Body: { Text: part(text), ...(html === null ? {} : { Html: part(html) }) },
        Headers: Object.entries(mailHeaders).map(([Name, Value]) => ({ Name, Value })),
      },
    },
    // Returned in events. Tags allow these characters only.
    EmailTags: [
      { Name: 'challenge', Value: idempotencyKey.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 256) || 'none' },
    ],
  }
}

function classifySes({ status, headers, json }: HttpAnswer): CarrierAnswer | null {
  if (status === 200) {
    const carrierMessageId = parseForeignId(json.MessageId)
    return carrierMessageId === null ? null : { kind: 'accepted', carrierMessageId }
  }
  // `TooManyRequestsException:http://internal.amazon.com/…`, or in the body with a namespace before a `#`.
  const [type = ''] = textOf(headers['x-amzn-errortype'] ?? json.__type)
    .replace(/^.*#/, '')
    .split(':')
  if (type === '' || status >= 500) return null

  const detail = describe(`HTTP ${status} SES`, type, json.message ?? json.Message)
  if (/^(TooManyRequests|Throttling|ThrottledException)/.test(type) || status === 429)
    return refuse('for-now', detail, parseRetryAfter(headers['retry-after'], new Date()))
  // In the sandbox the recipient has to be verified too, and the message is the same for both.
  const isUnverified = /not verified/i.test(textOf(json.message))
  return refuse(accountErrors.test(type) || isUnverified ? 'account' : 'for-good', detail)
}
