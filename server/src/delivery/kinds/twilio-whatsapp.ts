import Type from 'typebox'
import { createHttpCarrier, renderForm } from '../protocols/http-carrier.ts'
import { defineCarrierKind, text } from './carrier-kind.ts'
import { chooseTemplate, codesOnly, templateSettings } from './templates.ts'
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

const template = {
  expected: 'HX and 32 hexadecimal digits',
  example: 'HX00000000000000000000000000000000',
  pattern: '^HX[0-9a-fA-F]{32}$',
}
const { byLocale, byPurpose } = templateSettings(template, {
  languages: '{fr: HX11111111111111111111111111111111}',
})

const settings = Type.Object({
  ...twilioLogin,
  sender: text({
    description: 'The sender of the message.',
    expected: 'the number of a WhatsApp sender in E.164, or a messaging service',
    example: '"+14155550100"',
    pattern: '^(\\+[1-9][0-9]{4,14}|MG[0-9a-fA-F]{32})$',
  }),
  contentSid: text({
    description: 'The approved authentication template; its variable 1 is the code.',
    ...template,
  }),
  contentSids: byLocale,
  purposes: byPurpose,
})

/** Codes over WhatsApp, with a Twilio Content template. */
export const twilioWhatsapp = defineCarrierKind({
  kind: 'twilio-whatsapp',
  channels: ['whatsapp'],
  settings,
  guide: {
    title: 'Twilio WhatsApp',
    setup: [
      ...twilioSetup,
      'Register a WhatsApp sender.',
      'Create a Content template of the type `whatsapp/authentication` with a copy-code button, and wait for its approval.',
      'It sends codes only. For notices, put a carrier that sends text next in the route.',
    ],
    delivered: 'The status callback says `delivered` or `read`.',
    source: 'https://www.twilio.com/docs/content/whatsappauthentication',
  },
  receipts: twilioReceipts,
  create: (settings, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['whatsapp'],
      url: twilioUrl(settings, 'Messages'),
      render(message) {
        const { to, code } = message
        if (code === null) return codesOnly
        const { contentSid: defaultTemplate, contentSids: byLocale, purposes: byPurpose } = settings
        const form = renderForm({
          To: `whatsapp:${to}`,
          ...twilioSender(settings.sender, 'whatsapp:'),
          ContentSid: chooseTemplate({ defaultTemplate, byLocale, byPurpose }, message),
          ContentVariables: JSON.stringify({ 1: code.reveal() }),
          ...twilioCallback(parts.receiptUrl),
        })
        return { ...form, headers: { ...form.headers, authorization: twilioHeader(settings) } }
      },
      classify: classifyTwilio,
    }),
})
