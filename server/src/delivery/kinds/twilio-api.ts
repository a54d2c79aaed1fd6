import type { Static } from 'typebox'
import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import { describe, textOf } from '../protocols/answer-body.ts'
import { basicLogin, type HttpAnswer } from '../protocols/http-carrier.ts'
import { createTwilioReader } from '../receipts/twilio.ts'
import { baseUrl, type CarrierGuide, secret, text } from './carrier-kind.ts'

/*
 * What Twilio's messages and calls share: the login, the two forms of answer, and the error codes
 * (https://www.twilio.com/docs/api/errors). SMS, WhatsApp and voice each have a file of their own.
 */

/** The login, the same for every Twilio carrier. */
export const twilioLogin = {
  accountSid: text({
    description: 'The account that is billed.',
    expected: 'AC and 32 hexadecimal digits',
    example: 'AC00000000000000000000000000000000',
    pattern: '^AC[0-9a-fA-F]{32}$',
  }),
  apiKeySid: Type.Optional(
    text({
      description: 'An API key to log in with instead of the account.',
      expected: 'SK and 32 hexadecimal digits',
      example: 'SK00000000000000000000000000000000',
      pattern: '^SK[0-9a-fA-F]{32}$',
    }),
  ),
  authToken: secret({
    description: "The account's auth token, or the secret of the API key.",
    expected: 'the token or secret that the console shows',
    variable: 'TWILIO_AUTH_TOKEN',
  }),
  accountToken: Type.Optional(
    secret({
      description: "The account's auth token, which verifies reports, if authToken belongs to an API key.",
      expected: 'the auth token that the console shows',
      variable: 'TWILIO_ACCOUNT_TOKEN',
    }),
  ),
  baseUrl: baseUrl('https://api.twilio.com'),
}

const loginSettings = Type.Object(twilioLogin)

/** The URL of one resource of the account, such as `Messages`. */
export const twilioUrl = ({ baseUrl, accountSid }: Static<typeof loginSettings>, resource: string): string =>
  `${baseUrl}/2010-04-01/Accounts/${accountSid}/${resource}.json`

/** The login of the account or API key. */
export const twilioHeader = ({ accountSid, apiKeySid, authToken }: Static<typeof loginSettings>) =>
  basicLogin(apiKeySid ?? accountSid, authToken.reveal())

/** Status callbacks. Twilio signs them with the account's auth token, never with the secret of an API key. */
export const twilioReceipts = {
  setup: ['Every message requests its reports. With `apiKeySid`, set `accountToken` as well.'],
  checked: '`X-Twilio-Signature`; with an API key and without `accountToken`, the token in the URL.',
  open: ({ apiKeySid, authToken, accountToken }: Static<typeof loginSettings>) =>
    createTwilioReader((accountToken ?? (apiKeySid === undefined ? authToken : null))?.reveal() ?? null),
}

/** Requests reports if they can reach us. */
export const twilioCallback = (receiptUrl: string | null | undefined): Record<string, string> =>
  receiptUrl == null ? {} : { StatusCallback: receiptUrl }

/** A sender is a messaging service when it looks like the id of one. */
export const twilioSender = (sender: string, prefix = ''): Record<string, string> =>
  /^MG[0-9a-fA-F]{32}$/.test(sender) ? { MessagingServiceSid: sender } : { From: `${prefix}${sender}` }

/** The first sentences of every guide. */
export const twilioSetup: CarrierGuide['setup'] = [
  'Copy the account SID from the console, and an auth token, or better, an API key that you can revoke separately.',
]

// Errors of the account and not of the number, although the status is 400: senders that are not ours or not registered
// in the country, countries that are not enabled, trial and suspended accounts, templates that are not approved, a
// callback URL that Twilio does not accept.
// biome-ignore format: a table of codes
const accountCodes = new Set([
  '10001', '10002', '10005', '13227', '13247', '20003', '20005', '20006', '20008', '20010',
  '21203', '21210', '21212', '21213', '21215', '21219', '21408', '21601', '21603', '21606', '21607', '21608', '21609',
  '21616', '21621', '21626', '21654', '21655', '21656', '21657', '21659', '21660', '21661', '21701', '21702', '21703',
  '21704', '21705', '21708', '21709', '21711', '21712', '21713', '21715', '21717',
  '30002', '30018', '30023', '30024', '30027', '30032', '30033', '30034', '30035',
  '63001', '63002', '63007', '63008', '63015', '63016', '63020', '63022', '63026', '63027', '63028', '63038', '63040',
  '63041', '63042', '63051',
])

// Too much of ours at once, or Twilio and its channels out of order.
// biome-ignore format: a table of codes
const laterCodes = new Set([
  '10004', '14107', '20162', '20409', '20429', '20500', '20503', '21611', '21730',
  '30001', '30021', '30022',
  '63010', '63012', '63018',
])

/** A phone that is off. */
const recipientLaterCodes = new Set(['30003'])
/** The recipient's network is busy, or the reason is unknown: it may concern this person or everybody. */
const unclearCodes = new Set(['30008', '30017', '63009', '63017', '63023'])

/** Twilio got no answer from the operator, and does not retry because the message may have arrived. */
const unansweredCode = '30410'

/** Reads an answer of the Messages or Calls resource. */
export function classifyTwilio({ status, headers, json }: HttpAnswer): CarrierAnswer | null {
  const carrierMessageId = parseForeignId(json.sid)
  if (status === 201 || status === 200) {
    const errorCode = textOf(json.error_code)
    if (carrierMessageId === null) return null
    if (errorCode === '') return { kind: 'accepted', carrierMessageId }
    return classifyCode(errorCode, describe('Twilio', errorCode, json.error_message), null)
  }
  const code = textOf(json.code)
  // For a refused login or a failing server, the status decides.
  if (code === '' || [401, 403, 404].includes(status) || status >= 500) return null
  const retryAfterSeconds = parseRetryAfter(headers['retry-after'], new Date())
  const detail = describe(`HTTP ${status} Twilio`, code, json.message)
  return status === 429
    ? refuse('for-now', detail, retryAfterSeconds)
    : classifyCode(code, detail, retryAfterSeconds)
}

function classifyCode(code: string, detail: string, retryAfterSeconds: number | null): CarrierAnswer {
  if (code === unansweredCode) return { kind: 'unknown', detail }
  if (accountCodes.has(code)) return refuse('account', detail)
  if (laterCodes.has(code)) return refuse('for-now', detail, retryAfterSeconds)
  if (recipientLaterCodes.has(code)) return refuse('recipient-for-now', detail, retryAfterSeconds)
  if (unclearCodes.has(code)) return refuse('unclear-for-now', detail, retryAfterSeconds)
  return refuse('for-good', detail)
}
