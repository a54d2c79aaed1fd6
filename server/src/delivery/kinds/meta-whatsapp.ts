import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import { describe, objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, jsonHeaders } from '../protocols/http-carrier.ts'
import { createMetaReader } from '../receipts/meta.ts'
import { baseUrl, defineCarrierKind, secret, text, textByLocale } from './carrier-kind.ts'
import { chooseTemplate, codesOnly, templateSettings } from './templates.ts'

const template = {
  expected: 'the name of a template',
  example: 'sign_in_code',
  pattern: '^[a-z0-9_]{1,512}$',
}
const { byLocale, byPurpose } = templateSettings(template, { languages: '{fr: code_de_connexion}' })

const settings = Type.Object({
  phoneNumberId: text({
    description: 'The id of the sending number, not its digits.',
    expected: 'the phone number id that the app dashboard shows',
    example: '"106540352242922"',
    pattern: '^[0-9]{5,30}$',
  }),
  accessToken: secret({
    description: 'The token of a system user.',
    expected: 'a token with the permission whatsapp_business_messaging that does not expire',
    variable: 'WHATSAPP_ACCESS_TOKEN',
  }),
  template: text({
    description: 'The approved authentication template, with a copy-code button.',
    ...template,
  }),
  templates: byLocale,
  purposes: byPurpose,
  languages: Type.Optional(
    textByLocale(
      {
        description:
          'The language codes of the templates, where they are not `en` for English, `fr` for French and so on.',
        expected: 'a language code of the template for each language',
        example: '{en: en_US, pt: pt_BR}',
      },
      {
        expected: 'a language code of the template',
        example: 'en_US',
        pattern: '^[a-z]{2,3}(_[A-Z]{2,3})?$',
      },
    ),
  ),
  appSecret: Type.Optional(
    secret({
      description: 'The app secret, with which Meta signs its reports.',
      expected: 'the app secret that the dashboard shows',
      variable: 'WHATSAPP_APP_SECRET',
    }),
  ),
  apiVersion: text({
    description: 'The version of the Graph API.',
    expected: 'a version that Meta still serves',
    example: 'v23.0',
    pattern: '^v[0-9]{2}\\.[0-9]$',
    default: 'v23.0',
  }),
  baseUrl: baseUrl('https://graph.facebook.com'),
})

// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes. Codes that are not
// listed concern the recipient or the message: 131026 undeliverable, 131047 and 131049 not now for this person, 131050
// opted out.
const throttleCodes = new Set(['4', '17', '32', '613', '80007', '130429', '133016'])
const theirFaults = new Set(['1', '2', '131000', '131016', '131057', '133004'])
/** Too many messages of ours to this person. */
const pairCode = '131056'
// Logins and permissions, versions and fields that are no longer taken, locked and restricted accounts, unpaid bills, numbers that are not registered or have a bad name
// by recipients, and 132…: templates that do not exist, are not approved, or take other parameters.
// biome-ignore format: a table of codes
const accountCodes = new Set([
  '0', '3', '10', '12', '33', '102', '104', '190', '368', '2500', '2635', '130497', '131005', '131008', '131030', '131031',
  '131037', '131042', '131045', '131048', '131051', '131055', '131063', '131064', '133000', '133005', '133006', '133010',
  '134011', '135000',
])

/** The rate limit for one recipient is one message in six seconds; a burst uses up the allowance of later ones. */
const pairPauseSeconds = 6

/** Codes over WhatsApp's own Cloud API. */
export const metaWhatsapp = defineCarrierKind({
  kind: 'meta-whatsapp',
  channels: ['whatsapp'],
  settings,
  guide: {
    title: 'WhatsApp Cloud API',
    setup: [
      'Create an app of type business, add WhatsApp to it, and register a number.',
      'Create a template of the category "Authentication" with a copy-code button, in every language that you send.',
      'Create a system user with the permission `whatsapp_business_messaging`, and a token that does not expire.',
      'It sends codes only. For notices, put a carrier that sends text next in the route.',
    ],
    delivered: 'The webhook reports `delivered` or `read`; `failed` comes with the reason.',
    source:
      'https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates',
  },
  receipts: {
    setup: [
      'Set `appSecret`, and enter the URL as the callback URL of the app\u2019s webhooks.',
      'The verify token is the one that `watchword carriers show` tells; subscribe to `messages`.',
    ],
    checked: '`X-Hub-Signature-256`; without `appSecret`, the token in the URL.',
    open: ({ appSecret }) => createMetaReader(appSecret?.reveal() ?? null),
  },
  create: ({ phoneNumberId, accessToken, languages, apiVersion, baseUrl, ...templates }, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['whatsapp'],
      url: `${baseUrl}/${apiVersion}/${phoneNumberId}/messages`,
      render(message) {
        const { to, code, locale, idempotencyKey } = message
        if (code === null) return codesOnly
        const { template: defaultTemplate, templates: byLocale, purposes: byPurpose } = templates
        const parameters = [{ type: 'text', text: code.reveal() }]
        return {
          headers: { ...jsonHeaders, authorization: `Bearer ${accessToken.reveal()}` },
          body: JSON.stringify({
            messaging_product: 'whatsapp',
            recipient_type: 'individual',
            to,
            type: 'template',
            template: {
              name: chooseTemplate({ defaultTemplate, byLocale, byPurpose }, message),
              language: { code: languages?.[locale] ?? locale },
              // The copy-code button has the sub-type url, and its parameter is the code again.
              components: [
                { type: 'body', parameters },
                { type: 'button', sub_type: 'url', index: '0', parameters },
              ],
            },
            // Returned in the webhook's reports.
            biz_opaque_callback_data: idempotencyKey.slice(0, 512),
          }),
        }
      },
      classify: classifyMeta,
    }),
})

function classifyMeta({ status, headers, json }: HttpAnswer): CarrierAnswer | null {
  const { code, message, error_data: data } = objectOf(json.error)
  const number = textOf(code)
  if (number === '') return status === 200 ? classifyAccepted(json) : null

  const detail = describe(`HTTP ${status} WhatsApp`, number, message, objectOf(data).details)
  if (accountCodes.has(number) || /^(2\d\d|132\d\d\d)$/.test(number)) return refuse('account', detail)
  if (theirFaults.has(number)) return refuse('for-now', detail)
  const asked = parseRetryAfter(headers['retry-after'], new Date())
  if (throttleCodes.has(number)) return refuse('for-now', detail, asked)
  if (number === pairCode) return refuse('recipient-for-now', detail, asked ?? pairPauseSeconds)
  return status === 200 || status === 400 || status === 404 ? refuse('for-good', detail) : null
}

function classifyAccepted(json: HttpAnswer['json']): CarrierAnswer | null {
  const [message] = objectsOf(json.messages)
  const carrierMessageId = parseForeignId(message?.id)
  if (carrierMessageId === null) return null
  if (message?.message_status !== 'paused') return { kind: 'accepted', carrierMessageId }
  return refuse('account', 'WhatsApp has paused the template.')
}
