import Type from 'typebox'
import { createHttpCarrier, renderForm } from '../protocols/http-carrier.ts'
import { defineCarrierKind, text } from './carrier-kind.ts'
import {
  classifyTwilio,
  twilioCallback,
  twilioHeader,
  twilioLogin,
  twilioReceipts,
  twilioSender,
  twilioSetup,
  twilioUrl,
} from './twilio-api.ts'

const settings = Type.Object({
  ...twilioLogin,
  sender: text({
    description: 'The sender of the SMS.',
    expected:
      'a number in E.164, an alphanumeric sender of up to 11 characters, a short code, or a messaging service',
    example: 'MG00000000000000000000000000000000',
    pattern: '^(\\+[1-9][0-9]{4,14}|MG[0-9a-fA-F]{32}|[0-9]{3,8}|[A-Za-z0-9][A-Za-z0-9 ._-]{0,10})$',
  }),
})

// No code lives longer (C3), so delivery after that is useless, whatever our clock says.
const validitySeconds = '600'

/** SMS through Twilio's Messages resource. */
export const twilioSms = defineCarrierKind({
  kind: 'twilio-sms',
  channels: ['sms'],
  settings,
  guide: {
    title: 'Twilio SMS',
    setup: [
      ...twilioSetup,
      'Buy a number or create a messaging service, and allow the countries that you send to under "Geo permissions".',
    ],
    delivered: 'The status callback says `delivered`; `undelivered` and `failed` mean that it was not.',
    source: 'https://www.twilio.com/docs/messaging/api/message-resource',
  },
  receipts: twilioReceipts,
  create: (settings, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['sms'],
      url: twilioUrl(settings, 'Messages'),
      render({ to, text }) {
        const form = renderForm({
          To: to,
          ...twilioSender(settings.sender),
          Body: text,
          ValidityPeriod: validitySeconds,
          ...twilioCallback(parts.receiptUrl),
        })
        return { ...form, headers: { ...form.headers, authorization: twilioHeader(settings) } }
      },
      classify: classifyTwilio,
    }),
})
