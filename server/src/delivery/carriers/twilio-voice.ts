import Type from 'typebox'
import type { OutgoingMessage } from '../carrier.ts'
import { defineCarrierKind, text, textByLocale } from '../carrier-kind.ts'
import { createHttpCarrier, renderForm } from '../http-carrier.ts'
import { judgeTwilio, twilioHeader, twilioLogin, twilioSetup, twilioUrl } from './twilio-api.ts'

const settings = Type.Object({
  ...twilioLogin,
  sender: text({
    description: 'The number that calls.',
    expected: 'a number of the account that may call, in E.164',
    example: '"+14155550100"',
    pattern: '^\\+[1-9][0-9]{4,14}$',
  }),
  voices: Type.Optional(
    textByLocale({
      description: 'The voice of a language, where it is not to be the usual one.',
      expected: 'a voice that Twilio names, for each language',
      example: '{fr: Polly.Lea}',
      pattern: '^[A-Za-z0-9._-]{1,60}$',
    }),
  ),
})

// The languages as <Say> names them (https://www.twilio.com/docs/voice/twiml/say). One that is not here goes by its own
// tag: Twilio refuses what it cannot speak, and that is better than digits in the wrong language.
const spokenLanguages: Record<string, string> = {
  ar: 'ar-XA',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-ES',
  fr: 'fr-FR',
  hi: 'hi-IN',
  pt: 'pt-BR',
  sw: 'sw-KE',
}

/** So long it rings; a voice mail would keep the code. */
const ringSeconds = '25'

/** Codes by phone call, read digit by digit and twice. */
export const twilioVoice = defineCarrierKind({
  kind: 'twilio-voice',
  channels: ['voice'],
  settings,
  guide: {
    title: 'Twilio voice',
    setup: [
      ...twilioSetup,
      'Buy a number that may call, and allow the countries that you call under "Voice geographic permissions".',
    ],
    delivered: 'The status callback says `completed`: somebody, or a voice mail, took the call.',
    source: 'https://www.twilio.com/docs/voice/api/call-resource',
  },
  create: (settings, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['voice'],
      url: twilioUrl(settings, 'Calls'),
      render(message) {
        const voice = settings.voices?.[message.locale] ?? null
        const form = renderForm({
          To: message.to,
          From: settings.sender,
          Twiml: renderTwiml(message, voice),
          Timeout: ringSeconds,
        })
        return { ...form, headers: { ...form.headers, authorization: twilioHeader(settings) } }
      },
      judge: judgeTwilio,
    }),
})

function renderTwiml(message: OutgoingMessage, voice: string | null): string {
  const language = spokenLanguages[message.locale] ?? message.locale
  const voiceAttribute = voice === null ? '' : ` voice="${escapeXml(voice)}"`
  const say = `<Say language="${escapeXml(language)}"${voiceAttribute}>${escapeXml(spellCode(message))}</Say>`
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>${say}<Pause length="1"/>${say}</Response>`
}

/** The text with its code digit by digit: six digits in a row are read as a number in the hundred thousands. */
function spellCode({ text, code }: OutgoingMessage): string {
  if (code === null) return text
  const digits = [...code.reveal()].join(', ')
  return text.replaceAll(code.reveal(), () => digits)
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML 1.0 knows no control characters but tab and line breaks, not even escaped. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]/gu, ' ')
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
