import Type from 'typebox'
import { type OutgoingMessage, refuse } from '../carrier.ts'
import { createHttpCarrier, renderForm } from '../protocols/http-carrier.ts'
import { defineCarrierKind, text, textByLocale } from './carrier-kind.ts'
import {
  classifyTwilio,
  twilioCallback,
  twilioHeader,
  twilioLogin,
  twilioReceipts,
  twilioSetup,
  twilioUrl,
} from './twilio-api.ts'

const settings = Type.Object({
  ...twilioLogin,
  sender: text({
    description: 'The calling number.',
    expected: 'a number of the account that may call, in E.164',
    example: '"+14155550100"',
    pattern: '^\\+[1-9][0-9]{4,14}$',
  }),
  voices: Type.Optional(
    textByLocale(
      {
        description: 'The voice of a language, to replace its default voice or where it has none.',
        expected: 'a voice that Twilio names, for each language',
        example: '{fr: Polly.Lea}',
      },
      { expected: 'a voice that Twilio names', example: 'Polly.Lea', pattern: '^[A-Za-z0-9._-]{1,60}$' },
    ),
  ),
})

// The languages that have a default voice, as <Say> names them (https://www.twilio.com/docs/voice/twiml/say).
const spokenLanguages: Record<string, string> = {
  ar: 'ar-XA',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-ES',
  fr: 'fr-FR',
  hi: 'hi-IN',
  pt: 'pt-BR',
}

/** Short, because a voice mail would keep the code. */
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
      'Buy a number that can make calls, and allow the countries that you call under "Voice geographic permissions".',
    ],
    delivered: 'The status callback says `completed`: somebody, or a voice mail, answered the call.',
    source: 'https://www.twilio.com/docs/voice/api/call-resource',
  },
  receipts: twilioReceipts,
  create: (settings, parts) =>
    createHttpCarrier({
      ...parts,
      channels: ['voice'],
      url: twilioUrl(settings, 'Calls'),
      render(message) {
        const voice = settings.voices?.[message.locale] ?? null
        const language = spokenLanguages[message.locale] ?? languageOf(voice)
        // Twilio would accept the call and stay silent.
        if (language === null)
          return refuse('for-good', `No voice speaks ${message.locale}; the setting voices may name one.`)
        const form = renderForm({
          To: message.to,
          From: settings.sender,
          Twiml: renderTwiml(message, { voice, language }),
          Timeout: ringSeconds,
          ...twilioCallback(parts.receiptUrl),
        })
        return { ...form, headers: { ...form.headers, authorization: twilioHeader(settings) } }
      },
      classify: classifyTwilio,
    }),
})

/** The name of a voice contains its language: `Google.sw-KE-Chirp3-HD-Kore`. */
const languageOf = (voice: string | null): string | null =>
  /[a-z]{2,3}-[A-Z]{2}/.exec(voice ?? '')?.[0] ?? null

function renderTwiml(
  message: OutgoingMessage,
  { voice, language }: { voice: string | null; language: string },
): string {
  const voiceAttribute = voice === null ? '' : ` voice="${escapeXml(voice)}"`
  const say = `<Say language="${escapeXml(language)}"${voiceAttribute}>${escapeXml(spellCode(message))}</Say>`
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>${say}<Pause length="1"/>${say}</Response>`
}

/** The text with its code digit by digit; otherwise six digits are read as a number in the hundred thousands. */
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

/** XML 1.0 allows no control characters except tab and line breaks, not even escaped. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]/gu, ' ')
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
