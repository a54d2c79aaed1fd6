import { gsm7CodesOf } from '../gsm7.ts'

/*
 * The text of a message as the octets of `short_message`. SMPP carries GSM-7 unpacked, one octet for each letter, and
 * the SMSC packs it. So the lengths below are those on the air interface, not in the PDU.
 */

/**
 * `gsm-7`: the alphabet of TS 23.038 as the SMSC's default, for texts that fit it. `latin-1`: for SMSCs whose default
 * alphabet it is. Both send other texts as UCS-2; `ucs-2` sends all texts so.
 */
export const textCodings = ['gsm-7', 'latin-1', 'ucs-2'] as const
export type TextCoding = (typeof textCodings)[number]

export type EncodedText = {
  /** Section 5.2.19. */
  dataCoding: number
  /** One for each message over the air, without headers. */
  parts: Buffer[]
}

/** What one message holds, alone and as a part after a header of six octets (TS 23.040 section 9.2.3.24.1). */
type Capacity = {
  alone: number
  asPart: number
  /** How many octets before `end` belong to a letter that continues after it. */
  lettersBegun(octets: Buffer, end: number): number
}

const escapeCode = 0x1b
const gsm7: Capacity = {
  alone: 160,
  asPart: 153,
  lettersBegun: (octets, end) => (octets[end - 1] === escapeCode ? 1 : 0),
}
// The SMSC may pack these as GSM-7 and need less; what fits 140 octets always fits.
const latin1: Capacity = { alone: 140, asPart: 134, lettersBegun: () => 0 }
const ucs2: Capacity = {
  alone: 140,
  asPart: 134,
  // The first half of a surrogate pair.
  lettersBegun: (octets, end) => (((octets[end - 2] ?? 0) & 0xfc) === 0xd8 ? 2 : 0),
}

/** Encodes a text in the cheapest coding that holds all of it, and splits it between letters. */
export function encodeText(text: string, coding: TextCoding): EncodedText {
  if (coding === 'gsm-7') {
    const letters = [...text].map(gsm7CodesOf)
    if (letters.every((codes) => codes !== null))
      return { dataCoding: 0x00, parts: cut(Buffer.from(letters.flat()), gsm7) }
  }
  if (coding === 'latin-1' && /^[\0-\u00ff]*$/.test(text))
    return { dataCoding: 0x03, parts: cut(Buffer.from(text, 'latin1'), latin1) }
  // Half of a surrogate pair is not a letter.
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
