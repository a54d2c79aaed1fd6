import { describe, expect, test } from 'vitest'
import type { Address, Channel, Region } from './address.ts'
import { createAddressList } from './address-list.ts'
import { type DestinationRules, judgeDestination } from './judge-destination.ts'

const ada = 'ada@example.test'
const ivorian = '+2250701020304'
const german = '+4915112345678'
/** A German premium-rate number. */
const premium = '+499001234567'

type Changes = Partial<Omit<DestinationRules, 'allow' | 'deny'>> & { allow?: string[]; deny?: string[] }

function judge(
  address: string,
  { allow = [], deny = [], ...changes }: Changes,
  network: string | null = null,
) {
  const channel: Channel = address.includes('@') ? 'email' : 'sms'
  const rules: DestinationRules = {
    region: 'CI' as Region,
    countries: null,
    refuseDisposable: false,
    disposableDomains: new Set(['throw.away']),
    allow: createAddressList(allow),
    deny: createAddressList(deny),
    ...changes,
  }
  return judgeDestination(rules, { channel, address: address as Address, network })
}

const refused = { ok: false, refusal: 'destination-refused' }

describe('phones', () => {
  test('S3: one of the project’s region is sent to, and its destination is known', () => {
    expect(judge(ivorian, {})).toEqual({
      ok: true,
      phone: { country: 'CI', callingCode: '225', prefix: '+225070', tariff: 'ordinary' },
      isAllowedCaller: false,
    })
  })

  const list = (...regions: string[]) => ({ countries: regions as Region[] })
  test.each([
    ['abroad, where only the region is known', german, {}, false],
    ['abroad, in a listed country', german, list('CI', 'DE'), true],
    ['at home, where the list has only others', ivorian, list('DE'), false],
    ['at home, where the list is empty', ivorian, list(), false],
    ['abroad, where the project says any', german, { countries: 'any' as const }, true],
    ['abroad, where the project names no country at all', german, { region: null }, true],
    ['in a territory that shares the plan', '+447781123456', { region: 'GB' as Region }, true],
    ['at home of such a territory', '+447911123456', { region: 'JE' as Region }, true],
    ['in the Vatican, from Italy', '+390669812345', { region: 'IT' as Region }, true],
    ['in Puerto Rico, from the US', '+17872345678', { region: 'US' as Region }, true],
    ['in Mayotte, from Réunion', '+262639123456', { region: 'RE' as Region }, true],
    ['in Jamaica, which shares a calling code only', '+18765551234', { region: 'US' as Region }, false],
    ['in Kazakhstan, likewise', '+77011234567', { region: 'RU' as Region }, false],
    [
      'in a territory that a list leaves out',
      '+447781123456',
      { region: 'GB' as Region, ...list('GB') },
      false,
    ],
    [
      'where an older number was denied',
      '+5491133330001',
      { region: 'AR' as Region, deny: ['+5411'] },
      false,
    ],
    ['abroad, where a list but no region is named', german, { region: null, ...list('CI') }, false],
    ['abroad, where the number is allowed', german, { allow: ['+4915'] }, true],
    ['at home, where the number is denied', ivorian, { deny: ['+22507'] }, false],
    ['at home, where it is allowed and denied', ivorian, { allow: [ivorian], deny: ['+225'] }, true],
    ['a premium rate, where the project says any', premium, { countries: 'any' as const }, false],
    ['a premium rate, where it is allowed', premium, { allow: [premium] }, false],
    ['a global premium rate, where it is allowed', '+979123456789', { region: null, allow: ['+979'] }, false],
    ['a personal number, where its country is served', '+447012345678', { region: 'GB' as Region }, false],
    ['a shared cost, where the project says any', '+4918012345678', { countries: 'any' as const }, false],
    ['a satellite phone, where the project names no country', '+881612345678', { region: null }, false],
    ['an unassigned number of satellites', '+8811234567890', { region: null }, false],
    ['a ship', '+870773111632', { countries: 'any' as const }, false],
    ['a global network', '+882161234567', { countries: 'any' as const }, false],
    ['another one', '+883510012345', { region: null }, false],
    ['a universal number', '+878101234567890', { region: null }, false],
    ['a satellite phone that is allowed', '+881612345678', { region: null, allow: ['+8816'] }, true],
    ['a personal number that is allowed', '+447012345678', { allow: ['+4470'] }, true],
    ['one that is allowed and denied', '+447012345678', { allow: ['+4470'], deny: ['+44'] }, true],
    ['a phone is no throw-away address', ivorian, { refuseDisposable: true }, true],
  ])('S3: %s: %s', (_, address, rules, ok) => {
    expect(judge(address, rules)).toMatchObject(ok ? { ok } : refused)
  })
})

describe('e-mail', () => {
  test('is sent to, whatever the countries say', () => {
    expect(judge(ada, { countries: [] })).toEqual({ ok: true, phone: null, isAllowedCaller: false })
  })

  test.each([
    ['a denied domain', ada, { deny: ['example.test'] }, false],
    ['an allowed address in it', ada, { deny: ['example.test'], allow: [ada] }, true],
    ['a throw-away domain, where nobody minds', 'ada@throw.away', {}, true],
    ['a throw-away domain', 'ada@throw.away', { refuseDisposable: true }, false],
    ['one below it', 'ada@mail.throw.away', { refuseDisposable: true }, false],
    ['its name before the @', '"throw.away@x"@example.test', { refuseDisposable: true }, true],
    ['another domain', ada, { refuseDisposable: true }, true],
    [
      'one that is allowed all the same',
      'ada@throw.away',
      { refuseDisposable: true, allow: ['throw.away'] },
      true,
    ],
  ])('S3: %s: %s', (_, address, rules, ok) => {
    expect(judge(address, rules)).toMatchObject(ok ? { ok } : refused)
  })
})

describe('callers', () => {
  const network = '192.0.2.7'
  const refusedCaller = { ok: false, refusal: 'caller-refused' }

  test.each([
    ['a denied network is refused', network, { deny: ['192.0.2.0/24'] }, refusedCaller],
    ['another one is not', '198.51.100.7', { deny: ['192.0.2.0/24'] }, { ok: true, isAllowedCaller: false }],
    ['an allowed one is known', network, { allow: ['192.0.2.0/24'] }, { ok: true, isAllowedCaller: true }],
    [
      'allowed wins over denied',
      network,
      { allow: [network], deny: ['192.0.2.0/24'] },
      { ok: true, isAllowedCaller: true },
    ],
    [
      'a caller with a key has no network',
      null,
      { allow: ['0.0.0.0/0'], deny: ['0.0.0.0/0'] },
      { ok: true, isAllowedCaller: false },
    ],
  ])('S2: %s', (_, caller, rules, expected) => {
    expect(judge(ivorian, rules, caller)).toMatchObject(expected)
  })
})
