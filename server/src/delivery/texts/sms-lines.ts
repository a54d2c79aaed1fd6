import type { SmsSize } from '../../domain/text.ts'
import { countGsm7 } from '../protocols/gsm7.ts'
import { placeholders } from './placeholders.ts'

/** What a project appends to its SMS. */
export type SmsMarks = { webOtpHost: string | null; androidAppHash: string | null }

/**
 * Adds the lines that phones read to an SMS. The browser's line comes last, as its format requires; Android finds its
 * hash anywhere, so it comes before. A notice has no code to fill in, and gets neither.
 */
export function addMarks(text: string, { webOtpHost, androidAppHash }: SmsMarks, hasCode: boolean): string {
  if (!hasCode) return text
  const lines = [
    ...(androidAppHash === null ? [] : [androidAppHash]),
    ...(webOtpHost === null ? [] : [`@${webOtpHost} #${placeholders.code}`]),
  ]
  return lines.length === 0 ? text : `${text}\n\n${lines.join('\n')}`
}

/**
 * The places of one SMS, and of one of several parts, which lose some to the header that joins them (3GPP TS 23.040).
 */
const room = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } }

/** Measures a text. A letter of two places is never split between parts. */
export function measureSms(text: string): SmsSize {
  const alphabet = countGsm7(text) === null ? 'UCS-2' : 'GSM-7'
  const widths = [...text].map((letter) => (alphabet === 'UCS-2' ? letter.length : (countGsm7(letter) ?? 1)))
  const length = widths.reduce((sum, width) => sum + width, 0)
  const { alone, joined } = room[alphabet]
  if (length <= alone) return { alphabet, length, segments: 1 }

  let segments = 1
  let used = 0
  for (const width of widths) {
    if (used + width > joined) {
      segments += 1
      used = 0
    }
    used += width
  }
  return { alphabet, length, segments }
}
