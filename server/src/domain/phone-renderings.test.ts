import google, { type GoogleNumber } from 'google-libphonenumber'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { expect, test } from 'vitest'
import { isRegion, type Region } from './numbering-plan.ts'
import { parsePhoneNumber } from './phone-number.ts'

/*
 * Every example number of Google's metadata, of every kind and region, as two libraries write it and as people paste it. Two
 * libraries, because the one that parses could make the same mistake when it formats.
 */

const util = google.PhoneNumberUtil.getInstance()
const { E164, INTERNATIONAL, NATIONAL, RFC3966 } = google.PhoneNumberFormat

type Written = { text: string; region: Region | null; countryCode?: string }

const regions = util.getSupportedRegions().filter(isRegion)
const examples = regions.flatMap((region) =>
  [...new Set(Object.values(google.PhoneNumberType))].flatMap((type) => {
    const number = type < 0 ? null : util.getExampleNumberForType(region, type)
    return number === null ? [] : [{ region, number }]
  }),
)

function renderings(region: Region, number: GoogleNumber): Written[] {
  const e164 = util.format(number, E164)
  const own = parsePhoneNumberFromString(e164)
  const abroad = [e164, util.format(number, INTERNATIONAL), util.format(number, RFC3966)]
  const ownAbroad = own === undefined ? [] : [own.formatInternational(), own.getURI()]
  const atHome = [
    util.format(number, NATIONAL),
    util.formatNationalNumberWithPreferredCarrierCode(number, ''),
    util.formatNumberForMobileDialing(number, region, true),
    own?.formatNational() ?? '',
  ]
  const callers = (['FR', 'US', 'AU', 'JP'] as const).filter((from) => from !== region)
  return [
    ...[...abroad, ...ownAbroad].map((text) => ({ text, region: null })),
    ...atHome.filter((text) => text !== '').map((text) => ({ text, region })),
    { text: util.format(number, NATIONAL), region: null, countryCode: own?.countryCallingCode ?? '' },
    ...callers.map((from) => ({ text: util.formatOutOfCountryCallingNumber(number, from), region: from })),
  ]
}

/** The same text as copied from a chat or a page, or typed on a keyboard of another script; the turn selects which. */
function decorate(text: string, turn: number): string {
  const zeros = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xff10, 0x1d7ce]
  const spaces = ['\u00a0', '\u2009', '\u202f', '\u3000', '\u200b', '\t', '\u2060 ']
  const dashes = ['\u2010', '\u2011', '\u2013', '\u2014', '\u2212', '\uff0d', '\u00ad-', '.', '/', '\u00b7']
  const around = ['\u202a\u202c', '\u200e\u200f', '\u2068\u2069', '\ufeff\n', '  ', '\u061c\r\n']
  const pick = <Value>(list: readonly Value[]): Value => list[turn % list.length] as Value
  const [before = '', after = ''] = pick(around)
  const inside = text
    .replace(/ /g, pick(spaces))
    .replace(/-/g, pick(dashes))
    .replace(/\+/g, pick(['+', '\uff0b', '\u200e+']))
    .replace(/\(/g, pick(['(', '\uff08', '[']))
    .replace(/\)/g, pick([')', '\uff09', ']']))
    .replace(/\d/g, (digit) => String.fromCodePoint(pick(zeros) + Number(digit)))
  return before + inside + after
}

test('S1: every way in which two libraries write a number, however it is pasted, is one address', () => {
  const wrong: unknown[] = []
  const impossible: string[] = []
  let read = 0
  for (const { region, number } of examples) {
    const e164 = util.format(number, E164)
    const address = parsePhoneNumber(e164)
    if (address === null) {
      impossible.push(e164)
      continue
    }
    for (const written of renderings(region, number)) {
      for (const text of [written.text, decorate(written.text, read)]) {
        read += 1
        const parsed = parsePhoneNumber(text, {
          region: written.region,
          countryCode: written.countryCode ?? null,
        })
        if (parsed !== address) wrong.push([e164, address, text, written.region, written.countryCode, parsed])
      }
    }
  }
  expect(wrong).toEqual([])
  // Numbers of eight digits in Benin: `libphonenumber-js` does not accept that length since all others have ten.
  expect(impossible.sort()).toEqual(['+22981123456', '+22985751234'])
  expect(read).toBeGreaterThan(20_000)
})
