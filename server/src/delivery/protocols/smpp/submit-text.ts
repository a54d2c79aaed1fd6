import { gsm7CodesOf } from '../gsm7.ts'

/*
 * The text of a message as the octets of `short_message`. Over SMPP a GSM-7 letter travels unpacked, one octet each;
 * the SMSC packs them, so the lengths below are those of the radio and not of the PDU.
 */

/**
 * `gsm-7`: the alphabet of TS 23.038 as the SMSC's default, for what fits it. `latin-1`: for SMSCs whose own alphabet
 * it is. Both send UCS-2 for what does not fit; `ucs-2` sends nothing else.
 */
export const textCodings = ['gsm-7', 'latin-1', 'ucs-2'] as const
export type TextCoding = (typeof textCodings)[number]

export type EncodedText = {
  /** Section 5.2.19. */
  dataCoding: number
  /** One for each message that goes over the air. Without any header. */
  parts: Buffer[]
}

/** What one message holds, alone and as a part behind a header of six octets (TS 23.040 section 9.2.3.24.1). */
type Capacity = {
  alone: number
  asPart: number
  /** How many octets before `end` belong to a letter that goes on behind it. */
  lettersBegun(octets: Buffer, end: number): number
}

const escapeCode = 0x1b
const gsm7: Capacity = {
  alone: 160,
  asPart: 153,
  lettersBegun: (octets, end) => (octets[end - 1] === escapeCode ? 1 : 0),
}
// The SMSC may yet pack these as GSM-7 and need less; what fits 140 octets fits in any case.
const latin1: Capacity = { alone: 140, asPart: 134, lettersBegun: () => 0 }
const ucs2: Capacity = {
  alone: 140,
  asPart: 134,
  // The first half of a surrogate pair.
  lettersBegun: (octets, end) => (((octets[end - 2] ?? 0) & 0xfc) === 0xd8 ? 2 : 0),
}

/** Writes a text in the cheapest coding that holds all of it, and cuts it between letters. */
export function encodeText(text: string, coding: TextCoding): EncodedText {
  if (coding === 'gsm-7') {
    const letters = [...text].map(gsm7CodesOf)
    if (letters.every((codes) => codes !== null))
      return { dataCoding: 0x00, parts: cut(Buffer.from(letters.flat()), gsm7) }
  }
  if (coding === 'latin-1' && /^[\0-\u00ff]*$/.test(text))
    return { dataCoding: 0x03, parts: cut(Buffer.from(text, 'latin1'), latin1) }
  // Half of a surrogate pair is no letter.
  return { dataCoding: 0x08, parts: cut(Buffer.from(text.toWellFormed(), 'utf16le').swap16(), ucs2) }
}

function cut(octets: Buffer, { alone, asPart, lettersBegun }: Capacity): Buffer[] {
  if (octets.length <= alone) return [octets]

  const parts: Buffer[] = []
  for (let at = 0; at < octets.length; ) {
    const end = Math.min(at + asPart, octets.length)
    const next = end === octets.length ? end : end - lettersBegun(octets, end)
    parts.push(octets.subarray(at, next))
    at = next
  }
  return parts
}
