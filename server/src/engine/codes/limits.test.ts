import { describe, expect, test } from 'vitest'
import { allPurposes, purposeNamed } from '../../../test/harness/purposes.ts'
import type { Region } from '../../domain/address.ts'
import { shortDigest } from '../../domain/limit.ts'
import { defaultProjectSettings, type Project, type ProjectSettings } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import {
  callerSendLimits,
  failedLoginLimits,
  failureLimits,
  projectRequestLimits,
  pumpingOf,
  refusedRefreshLimits,
  sendBudgets,
  unknownAddressLimit,
} from './limits.ts'

const projectWith = (settings: Partial<ProjectSettings>): Project => ({
  id: 'PRJ_one' as Project['id'],
  workspaceId: 'WSP_one' as Project['workspaceId'],
  state: 'active',
  name: 'Acme',
  settings: { ...defaultProjectSettings, ...settings },
})
const project = projectWith({})
const caller = { network: '192.0.2.1', userAgent: 'curl/8', solution: null, isExempt: false }
const exempt = { ...caller, isExempt: true }

test('requests with a key count for the whole project, as its settings say', () => {
  const rateLimit = { requests: 7, windowSeconds: 30 }
  expect(projectRequestLimits(projectWith({ rateLimit }))).toEqual([
    { scope: 'requests', key: '', max: 7, windowSeconds: 30 },
  ])
  expect(projectRequestLimits(projectWith({ rateLimit: null }))).toEqual([])
})

test('S2: a network sends 30 times an hour without a key; loopback in development as often as it likes', () => {
  expect(callerSendLimits(project, caller)).toEqual([
    { scope: 'sends', key: '192.0.2.1', max: 30, windowSeconds: 3_600 },
  ])
  expect(callerSendLimits(projectWith({ sendsPerCallerHour: 7 }), caller)).toMatchObject([{ max: 7 }])
  expect(callerSendLimits(project, exempt)).toEqual([])
})

test('V5: a network asks for ten numbers an hour that have no account', () => {
  expect(unknownAddressLimit(caller)).toEqual({
    scope: 'unknown-addresses',
    key: '192.0.2.1',
    max: 10,
    windowSeconds: 3_600,
  })
})

describe('what may be spent before somebody looks', () => {
  const phone = {
    country: 'CI' as Region,
    callingCode: '225',
    prefix: '+225070',
    tariff: 'ordinary' as const,
  }
  const capped = projectWith({
    sendsPerProjectDay: 1_000,
    sendsPerProjectMonth: 20_000,
    sendsPerPrefixHour: 100,
    sendsPerCountryHour: 500,
  })
  const ofProject = [
    { scope: 'day-sends', key: '', max: 1_000, windowSeconds: 86_400 },
    { scope: 'month-sends', key: '', max: 20_000, windowSeconds: 2_592_000 },
  ]

  test('S4: a phone counts for its prefix, its country, and the project’s day and month', () => {
    const budgets = sendBudgets(capped, { phone, caller: null })
    expect(budgets.map(({ limit }) => limit)).toEqual([
      ...ofProject,
      { scope: 'prefix-sends', key: '+225070', max: 100, windowSeconds: 3_600 },
      { scope: 'country-sends', key: 'CI', max: 500, windowSeconds: 3_600 },
    ])
    expect(budgets.map(({ share }) => share)).toEqual([null, null, null, null])
  })

  test('S4: a network without a key has three fifths of each', () => {
    const budgets = sendBudgets(capped, { phone, caller: { network: 'digest' } })
    expect(budgets.map(({ share }) => [share?.scope, share?.key, share?.max])).toEqual([
      ['day-sends', 'digest', 600],
      ['month-sends', 'digest', 12_000],
      ['prefix-sends', '+225070 digest', 60],
      ['country-sends', 'CI digest', 300],
    ])
  })

  test('S4: a network has a bound at a prefix where no other bounds it', () => {
    const counted = { phone, caller: { network: 'digest' } }
    expect(pumpingOf(project, counted)).toMatchObject({ prefix: '+225070', share: null })
    const loose = projectWith({ sendsPerCallerHour: 100 })
    expect(pumpingOf(loose, counted)).toMatchObject({ share: { key: '+225070 digest', max: 50 } })
    expect(pumpingOf(loose, { phone, caller: null })).toMatchObject({ share: null })
    expect(pumpingOf(loose, { ...counted, phone: null })).toBeNull()
    expect(pumpingOf(projectWith({ pumpingLimit: null }), counted)).toBeNull()
  })

  test('S4: where no country has the number, its calling code stands for one', () => {
    expect(
      sendBudgets(capped, { phone: { ...phone, country: null }, caller: null }).map(({ limit }) => limit.key),
    ).toContain('+225')
  })

  test('an e-mail counts for the project alone, and where nothing is capped nothing is counted', () => {
    expect(sendBudgets(capped, { phone: null, caller: null }).map(({ limit }) => limit)).toEqual(ofProject)
    expect(sendBudgets(project, { phone, caller: null })).toEqual([])
  })
})

describe('failed checks', () => {
  const failing = (purpose: PurposeName, by: typeof caller | null, of = project) =>
    failureLimits(of, { purpose: purposeNamed(purpose), address: 'ada@example.test', caller: by })
  const ofProject = (key: string) => ({ scope: 'failed-checks', key, max: 500, windowSeconds: 3_600 })
  const ofNetwork = { scope: 'failed-checks', key: '192.0.2.1', max: 200, windowSeconds: 3_600 }

  test('V5: short codes count 500 an hour for the project, all codes 200 checks and 20 addresses an hour for the network', () => {
    const onFailure = [
      { limit: ofNetwork, member: null },
      {
        limit: { scope: 'failed-addresses', key: '192.0.2.1', max: 20, windowSeconds: 3_600 },
        member: shortDigest('ada@example.test'),
      },
    ]
    for (const { name, digits } of allPurposes) {
      const spraying = digits === 5 ? { limit: ofProject(''), ofNetwork } : null
      expect(failing(name, caller)).toEqual({ onFailure, spraying })
    }
    const tightened = projectWith({
      failedChecksPerHour: 7,
      failedChecksPerCallerHour: 5,
      failedAddressesPerCallerHour: 3,
    })
    const { onFailure: own, spraying } = failing('citizen', caller, tightened)
    expect([...own.map(({ limit }) => limit.max), spraying?.limit.max]).toEqual([5, 3, 7])
  })

  test('V5: loopback in development counts for the project alone, and callers with a key for themselves', () => {
    expect(failing('citizen', exempt)).toEqual({
      onFailure: [],
      spraying: { limit: ofProject(''), ofNetwork: null },
    })
    expect(failing('citizen', null)).toEqual({
      onFailure: [],
      spraying: { limit: ofProject('api-keys'), ofNetwork: null },
    })
    for (const by of [null, exempt]) expect(failing('service', by)).toEqual({ onFailure: [], spraying: null })
  })

  test('V5: an address is counted by a short digest, from which nobody reads it', () => {
    expect(shortDigest('ada@example.test')).toMatch(/^[\w-]{11}$/)
    expect(shortDigest('ada@example.test')).toBe(shortDigest('ada@example.test'))
    expect(shortDigest('eve@example.test')).not.toBe(shortDigest('ada@example.test'))
  })
})

test('a network fails 300 logins an hour, at 100 addresses, and has 1,000 refreshes refused', () => {
  const address = 'ada@example.test'
  const ofNetwork = { key: '192.0.2.1', windowSeconds: 3_600 }
  const tightened = projectWith({
    failedLoginsPerCallerHour: 7,
    failedLoginAddressesPerCallerHour: 3,
    refusedRefreshesPerCallerHour: 5,
  })
  expect(failedLoginLimits(project, { address, caller })).toEqual([
    { limit: { scope: 'failed-logins', ...ofNetwork, max: 300 }, member: null },
    { limit: { scope: 'failed-login-addresses', ...ofNetwork, max: 100 }, member: shortDigest(address) },
  ])
  expect(failedLoginLimits(tightened, { address, caller }).map(({ limit }) => limit.max)).toEqual([7, 3])
  expect(refusedRefreshLimits(project, caller)).toEqual([
    { scope: 'refused-refreshes', ...ofNetwork, max: 1_000 },
  ])
  expect(refusedRefreshLimits(tightened, caller)).toMatchObject([{ max: 5 }])
  for (const by of [null, exempt]) {
    expect(failedLoginLimits(project, { address, caller: by })).toEqual([])
    expect(refusedRefreshLimits(project, by)).toEqual([])
  }
})
