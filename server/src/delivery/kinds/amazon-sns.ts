import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import { describe } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, renderForm } from '../protocols/http-carrier.ts'
import { awsAccount, signRequest } from './aws-account.ts'
import { defineCarrierKind, text } from './carrier-kind.ts'

const settings = Type.Object({
  ...awsAccount,
  senderId: Type.Optional(
    text({
      description: 'The sender that phones show, in countries that support sender ids.',
      expected: 'up to 11 letters and digits with at least one letter',
      example: 'EXAMPLE',
      pattern: '^(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}$',
    }),
  ),
  originationNumber: Type.Optional(
    text({
      description: 'The sending number, if the account has several.',
      expected: 'a number of the account in E.164, or a short code',
      example: '"+14155550100"',
      pattern: '^\\+?[0-9]{3,15}$',
    }),
  ),
  dltEntityId: Type.Optional(
    text({
      description: "India: the sender's DLT entity.",
      expected: 'up to 50 digits',
      example: '"1101234567890123456"',
      pattern: '^[0-9]{1,50}$',
    }),
  ),
  dltTemplateId: Type.Optional(
    text({
      description: 'India: the DLT template of the text.',
      expected: 'up to 50 digits',
      example: '"1107123456789012345"',
      pattern: '^[0-9]{1,50}$',
    }),
  ),
})

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html and the errors that all services share. A number that is
// refused or has opted out gives `InvalidParameter`.
const throttleErrors =
  /^(Throttl|TooManyRequests|RequestThrottled|RequestLimitExceeded|SlowDown|KMSThrottling)/
const accountErrors =
  /^(AuthorizationError|AccessDenied|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|NotAuthorized|InvalidSecurity|ExpiredToken|RequestExpired|RequestTimeTooSkewed|OptInRequired|UserError|EndpointDisabled|PlatformApplicationDisabled|NotFound|KMS)/
/** Attributes come from the settings, so an error that names one concerns the account. */
const ourAttributes = /MessageAttribute|SenderID|OriginationNumber|EntityId|TemplateId|SMSType/i

/** SMS through Amazon SNS, straight to a number. */
export const amazonSns = defineCarrierKind({
  kind: 'sns-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: 'Amazon SNS',
    setup: [
      'Have the account moved out of the SMS sandbox, and raise its monthly spending limit, which starts at one dollar.',
      'Create a user with the permission `sns:Publish` and an access key.',
      'Register a sender or a number for each country that requires it; India requires both DLT ids.',
    ],
    delivered: 'The delivery log of CloudWatch says `SUCCESS`; SNS sends no callbacks.',
    source: 'https://docs.aws.amazon.com/sns/latest/api/API_Publish.html',
  },
  receipts: {
    setup: [
      'None over HTTP. SNS writes them to CloudWatch, some only after days, once delivery status logging of text messages is on.',
      'To read them there, search the log groups `sns/<region>/<account>/DirectPublishToPhoneNumber` and the one that ends in `/Failure`, for `notification.messageId`, which is the id in our records.',
      'To receive them here, write two parts of your own. A gateway behind a carrier of kind `webhook` publishes to SNS and answers `{"id": "<MessageId>"}`. A Lambda, subscribed to both log groups, posts `{"id": notification.messageId, "state": "delivered"}` for `SUCCESS` and `"undelivered"` for `FAILURE` to the URL of that carrier.',
    ],
    checked: 'The token in the URL of the gateway, for what the Lambda posts.',
  },
  create({ senderId, originationNumber, dltEntityId, dltTemplateId, baseUrl, ...account }, parts) {
    const url = `${baseUrl ?? `https://sns.${account.region}.amazonaws.com`}/`
    const attributes = renderAttributes({
      'AWS.SNS.SMS.SMSType': 'Transactional',
      'AWS.SNS.SMS.SenderID': senderId,
      'AWS.MM.SMS.OriginationNumber': originationNumber,
      'AWS.MM.SMS.EntityId': dltEntityId,
      'AWS.MM.SMS.TemplateId': dltTemplateId,
    })
    return createHttpCarrier({
      ...parts,
      channels: ['sms'],
      url,
      render({ to, text }) {
        const request = renderForm({
          Action: 'Publish',
          Version: '2010-03-31',
          PhoneNumber: to,
          Message: text,
          ...attributes,
        })
        return signRequest(account, { url, service: 'sns', request })
      },
      classify: classifySns,
    })
  },
})

/** A map in the flat form of the query protocol. */
function renderAttributes(values: Record<string, string | undefined>): Record<string, string> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    given.flatMap(([name, value = ''], index) => {
      const entry = `MessageAttributes.entry.${index + 1}`
      return [
        [`${entry}.Name`, name],
        [`${entry}.Value.DataType`, 'String'],
        [`${entry}.Value.StringValue`, value],
      ]
    }),
  )
}

function classifySns({ status, headers, body }: HttpAnswer): CarrierAnswer | null {
  const code = elementOf(body, 'Code')
  if (code === null && status === 200) {
    const messageId = elementOf(body, 'MessageId')
    return messageId === null ? null : { kind: 'accepted', carrierMessageId: parseForeignId(messageId) }
  }
  if (code === null || status >= 500) return null
  const message = elementOf(body, 'Message')
  const detail = describe(`HTTP ${status} SNS`, code, message)
  if (throttleErrors.test(code) || status === 429)
    return refuse('for-now', detail, parseRetryAfter(headers['retry-after'], new Date()))
  const isOurs = accountErrors.test(code) || ourAttributes.test(message ?? '')
  return refuse(isOurs ? 'account' : 'for-good', detail)
}

/** The answers are XML in one fixed form, and only a few elements matter. */
function elementOf(xml: string, name: string): string | null {
  const [, content = ''] = new RegExp(`<${name}>([^<]{1,300})</${name}>`).exec(xml) ?? []
  return content === '' ? null : content
}
