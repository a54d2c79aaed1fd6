import { type PhoneNumber, parsePhoneNumber } from './phone-number.ts'

/** What a person wrote back to the sender of our messages, as the carrier tells it. */
export type InboundMessage = { from: string; text: string }

/** A person who answered STOP to the sender of a carrier. */
export type OptOut = { carrier: string; phone: PhoneNumber; since: Date }

// The words that carriers and their associations (CTIA, Twilio, Vonage, AF2M) require, and those of our languages. `YES` comes
// back only because it stands alone: most answers that begin with it go on.
const stopWords = new Set(
  'stop,stopall,stop all,unsubscribe,cancel,end,quit,revoke,optout,opt out,arret,arrêt,parar,baja,stopp'.split(
    ',',
  ),
)
const startWords = new Set('start,unstop,yes'.split(','))

/** The word that leaves, or comes back, if it is all that the message says. */
export function readOptOutWord(text: string): 'stop' | 'start' | null {
  const word = text
    .normalize('NFC')
    .toLowerCase()
    .replace(/^[\s"'«“]+|[\s"'»”.!]+$/g, '')
    .replace(/\s+/g, ' ')
  if (stopWords.has(word)) return 'stop'
  return startWords.has(word) ? 'start' : null
}

/** The number of a person who wrote: carriers write it with or without `+`. Null for a short code, a name, or a national number. */
export const parseInboundPhone = (from: string): PhoneNumber | null =>
  parsePhoneNumber(
    `+${from
      .trim()
      .replace(/^tel:/i, '')
      .replace(/^(\+|00)/, '')}`,
  )
