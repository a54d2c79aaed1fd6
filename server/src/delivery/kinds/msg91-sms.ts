import Type from 'typebox'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import { type CarrierAnswer, type RefusalReason, refuse } from '../carrier.ts'
import { describe, textOf } from '../protocols/answer-body.ts'
import { createHttpCarrier, type HttpAnswer, jsonHeaders } from '../protocols/http-carrier.ts'
import { msg91Reader } from '../receipts/msg91.ts'
import { baseUrl, defineCarrierKind, secret, text } from './carrier-kind.ts'
import { chooseTemplate, codesOnly, templateSettings } from './templates.ts'

const template = {
  expected: '24 hexadecimal digits',
  example: '0123456789abcdef01234567',
  pattern: '^[0-9a-fA-F]{24}$',
}
const { byLocale, byPurpose } = templateSettings(template, { languages: '{hi: 0123456789abcdef01234568}' })

const settings = Type.Object({
  authKey: secret({
    description: 'The authentication key.',
    expected: 'the key that the panel shows',
    variable: 'MSG91_AUTH_KEY',
  }),
  template: text({
    description:
      "MSG91's id of the SMS template (flow); India's DLT template id is entered in the template itself.",
    ...template,
  }),
  templates: byLocale,
  purposes: byPurpose,
  codeVariable: text({
    description: 'The name of the variable for the code, exactly as the templates write it.',
    expected: 'a name of letters, digits and underscores',
    example: 'OTP',
    pattern: '^(?!mobiles$)[A-Za-z_][A-Za-z0-9_]{0,49}$',
    default: 'OTP',
  }),
  baseUrl: baseUrl('https://control.msg91.com'),
})

// Error codes, often in an answer with status 200. Codes that are not listed concern the message.
const meanings: Record<string, RefusalReason | 'unknown'> = {
  '001': 'for-now', // their database
  '002': 'for-now',
  103: 'account', // no sender
  105: 'account', // no password
  106: 'account', // no key
  107: 'account', // no route
  201: 'account', // login
  203: 'account', // sender
  205: 'account', // route of another kind of traffic
  207: 'account', // key
  208: 'account', // our network is blocked
  209: 'account', // no route in the plan
  210: 'account',
  301: 'account', // no credit
  302: 'account', // account expired
  303: 'account', // account banned
  306: 'for-now', // route closed at this hour
  // The same request came less than ten seconds ago, so the first one may be on its way.
  311: 'unknown',
  400: 'account', // no template
  401: 'account', // template not approved
  402: 'account', // template switched off
  403: 'account', // template
  404: 'account', // template
  418: 'account', // our network is not listed for the key
  505: 'account', // demo account
  506: 'account', // too many small campaigns for the account
  601: 'for-now', // their fault
}

// For refusals without a code, which only their text can classify.
const accountErrorPattern =
  /auth|unauthori[sz]ed|balance|credit|expired|banned|whitelist|template|flow|sender/i

/**
 * SMS through MSG91's flows: India requires every text to be registered (DLT), so the request names a template by its
 * id.
 */
export const msg91Sms = defineCarrierKind({
  kind: 'msg91-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: 'MSG91 SMS',
    setup: [
      'Register sender and text on a DLT platform, and enter their ids in the sender and the SMS template at MSG91.',
      'Write the code as `##OTP##` in the template, or name its variable with `codeVariable`.',
      'List the addresses of your nodes for the authentication key, or turn its IP security off.',
      'It sends codes only. For notices, put a carrier that sends text next in the route.',
    ],
    delivered: 'The webhook reports status 1; 2, 9, 16, 17 and 25 mean that it was not delivered.',
    source: 'https://docs.msg91.com/sms/send-sms',
  },
  receipts: {
    setup: [
      'Enter the URL under "SMS", "Webhook" (version 2 or 3), or create a "Webhook (New)" for received reports.',
    ],
    checked: 'The token in the URL.',
    open: () => msg91Reader,
  },
  create: (
    { authKey, template: defaultTemplate, templates: byLocale, purposes: byPurpose, codeVariable, baseUrl },
    parts,
  ) =>
    createHttpCarrier({
      ...parts,
      channels: ['sms'],
      url: `${baseUrl}/api/v5/flow`,
      render(message) {
        const { to, code } = message
        if (code === null) return codesOnly
        return {
          headers: { ...jsonHeaders, authkey: authKey.reveal() },
          body: JSON.stringify({
            template_id: chooseTemplate({ defaultTemplate, byLocale, byPurpose }, message),
            short_url: '0',
            recipients: [{ mobiles: to.slice(1), [codeVariable]: code.reveal() }],
          }),
        }
      },
      classify: classifyMsg91,
    }),
})

function classifyMsg91({ status, headers, json }: HttpAnswer): CarrierAnswer | null {
  const { type, message, errors } = json
  if (status === 200 && type === 'success') {
    const carrierMessageId = parseForeignId(message)
    return carrierMessageId === null ? null : { kind: 'accepted', carrierMessageId }
  }
  const isRefusal = type === 'error' || json.status === 'fail' || json.hasError === true
  if (!isRefusal || status >= 500) return null

  const code = textOf(json.code)
  const errorText = describe(message, typeof errors === 'string' ? errors : '')
  const detail = describe(`HTTP ${status} MSG91`, code, errorText)
  if (status === 429) return refuse('for-now', detail, parseRetryAfter(headers['retry-after'], new Date()))
  const meaning =
    meanings[code] ?? (status === 401 || accountErrorPattern.test(errorText) ? 'account' : 'for-good')
  return meaning === 'unknown' ? { kind: 'unknown', detail } : refuse(meaning, detail)
}
