import Type, { type Static } from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { type CarrierAnswer, type RefusalReason, refuse } from '../carrier.ts'
import { describe, objectsOf, textOf } from '../protocols/answer-body.ts'
import { countGsm7 } from '../protocols/gsm7.ts'
import { createHttpCarrier, type HttpAnswer, renderForm } from '../protocols/http-carrier.ts'
import { createVonageReader, vonageSignatureMethods } from '../receipts/vonage.ts'
import { baseUrl, choice, defineCarrierKind, secret, text } from './carrier-kind.ts'

const settings = Type.Object({
  apiKey: text({
    description: 'The key of the account.',
    expected: 'the 8 characters that the dashboard shows',
    example: 'a1b2c3d4',
    pattern: '^[A-Za-z0-9]{8}$',
  }),
  apiSecret: secret({
    description: 'The secret of the account.',
    expected: 'the secret that the dashboard shows',
    variable: 'VONAGE_API_SECRET',
  }),
  sender: text({
    description: 'The sender of the SMS.',
    expected: 'a number of the account without its +, or an alphanumeric sender of up to 11 characters',
    example: 'Example',
    pattern: '^([1-9][0-9]{4,14}|[A-Za-z0-9][A-Za-z0-9 ._-]{0,10})$',
  }),
  signatureSecret: Type.Optional(
    secret({
      description: 'The secret with which Vonage signs its reports; it is not the secret of the account.',
      expected: 'the signature secret that the dashboard shows',
      variable: 'VONAGE_SIGNATURE_SECRET',
    }),
  ),
  signatureMethod: choice(vonageSignatureMethods, {
    description:
      'How Vonage signs: an HMAC, or a plain MD5 hash, which is the default of accounts and the weakest.',
    example: 'md5hash',
    default: 'sha256',
  }),
  baseUrl: baseUrl('https://rest.nexmo.com'),
})

/** Vonage refuses a message whose callback is longer. */
const callbackLengthMax = 100
const tooLong = `Messages ask for no reports, for the URL has more than ${callbackLengthMax} signs: set signatureSecret, or give the carrier a shorter name.`

// No code lives longer than ten minutes (C3).
const validityMilliseconds = '600000'

const refusalReasons: Record<string, RefusalReason> = {
  1: 'for-now', // throttled
  2: 'account', // what we send lacks a field
  4: 'account', // credentials
  5: 'for-now', // their fault
  8: 'account', // account barred
  9: 'account', // no credit
  10: 'for-now', // too many connections
  11: 'account', // not enabled for HTTP
  14: 'account', // signature
  15: 'account', // sender
  23: 'account', // callback URL
  29: 'account', // number not on the list of a trial account
  32: 'account', // both a signature and a secret
}

/** SMS through Vonage's SMS API, which answers 200 to everything. */
export const vonageSms = defineCarrierKind({
  kind: 'vonage-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: 'Vonage SMS',
    setup: [
      'Copy the API key and secret from the dashboard.',
      'Register an alphanumeric sender where the country requires it, or buy a number.',
    ],
    delivered:
      'The delivery receipt says `delivered`; `accepted` and `buffered` mean that it is still on its way.',
    source: 'https://developer.vonage.com/en/api/sms',
  },
  receipts: {
    setup: [
      'Every message requests its reports.',
      'Ask Vonage support to sign the webhooks of the account, choose `SHA-256 HMAC` as the signature method in the dashboard, and set `signatureSecret`; set `signatureMethod` for another method.',
    ],
    checked:
      'The signature over all fields (`sig`), or the token (JWT) with the digest of the body, neither older than 25 hours; without `signatureSecret`, the token in the URL.',
    open: (settings) => createVonageReader(signatureOf(settings)),
  },
  create({ apiKey, apiSecret, sender, baseUrl }, parts) {
    const callback = parts.receiptUrl ?? ''
    const isTooLong = callback.length > callbackLengthMax
    if (isTooLong) parts.log.error({ carrier: parts.name, detail: tooLong }, 'carrier.no-reports')
    return createHttpCarrier({
      ...parts,
      channels: ['sms'],
      url: `${baseUrl}/sms/json`,
      render: ({ to, text, idempotencyKey }) =>
        renderForm({
          api_key: apiKey,
          api_secret: apiSecret.reveal(),
          from: sender,
          to: to.slice(1),
          text,
          type: countGsm7(text) === null ? 'unicode' : 'text',
          ttl: validityMilliseconds,
          // Returned in receipts.
          'client-ref': idempotencyKey.slice(0, 100),
          ...(callback === '' || isTooLong ? {} : { callback }),
        }),
      classify: classifyVonage,
    })
  },
})

/** Null where reports are not signed. */
const signatureOf = ({ apiKey, signatureSecret, signatureMethod: method }: Static<typeof settings>) =>
  signatureSecret === undefined ? null : { secret: signatureSecret.reveal(), method, apiKey }

/** A long text is sent as several messages, each with a status of its own. */
function classifyVonage({ status, json }: HttpAnswer): CarrierAnswer | null {
  const messages = objectsOf(json.messages)
  const [first] = messages
  if (status !== 200 || first === undefined) return null

  const refused = messages.find((message) => textOf(message.status) !== '0')
  if (refused === undefined)
    return { kind: 'accepted', carrierMessageId: parseForeignId(first['message-id']) }
  const code = textOf(refused.status)
  if (code === '') return null
  const detail = describe('Vonage', code, refused['error-text'])
  if (refused !== first) return { kind: 'unknown', detail }
  return refuse(refusalReasons[code] ?? 'for-good', detail)
}
