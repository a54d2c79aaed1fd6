import { describe, expect, test } from 'vitest'
import { allPurposes, purposeNamed } from '../../../test/harness/purposes.ts'
import type { Region } from '../../domain/address.ts'
import { addressMember } from '../../domain/limit.ts'
import { defaultProjectSettings, type Project, type ProjectSettings } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'
import {
  callerSendLimits,
  failureLimits,
  projectRequestLimits,
  sendBudgets,
  unknownAddressLimit,
} from './limits.ts'

const projectWith = (settings: Partial<ProjectSettings>): Project => ({
  id: 'PRJ_one' as Project['id'],
  workspaceId: 'WSP_one' as Project['workspaceId'],
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
  const phone = { country: 'CI' as Region, callingCode: '225', prefix: '+225070', isPremiumRate: false }
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
    expect(sendBudgets(capped, phone)).toEqual([
      ...ofProject,
      { scope: 'prefix-sends', key: '+225070', max: 100, windowSeconds: 3_600 },
      { scope: 'country-sends', key: 'CI', max: 500, windowSeconds: 3_600 },
    ])
  })

  test('S4: where no country has the number, its calling code stands for one', () => {
    expect(sendBudgets(capped, { ...phone, country: null }).map(({ key }) => key)).toContain('+225')
  })

  test('an e-mail counts for the project alone, and where nothing is capped nothing is counted', () => {
    expect(sendBudgets(capped, null)).toEqual(ofProject)
    expect(sendBudgets(project, phone)).toEqual([])
  })
})

describe('failed checks', () => {
  const failing = (purpose: PurposeName, by: typeof caller | null, of = project) =>
    failureLimits(of, { purpose: purposeNamed(purpose), address: 'ada@example.test', caller: by })
  const ofProject = {
    limit: { scope: 'failed-checks', key: '', max: 500, windowSeconds: 3_600 },
    member: null,
  }
  test('V5: short codes count 500 an hour for the project, all codes 20 addresses an hour for the caller', () => {
    const ofCaller = {
      limit: { scope: 'failed-addresses', key: '192.0.2.1', max: 20, windowSeconds: 3_600 },
      member: addressMember('ada@example.test'),
    }
    for (const { name, digits } of allPurposes)
      expect(failing(name, caller)).toEqual(digits === 5 ? [ofProject, ofCaller] : [ofCaller])
    const tightened = projectWith({ failedChecksPerHour: 7, failedAddressesPerCallerHour: 3 })
    expect(failing('citizen', caller, tightened).map(({ limit }) => limit.max)).toEqual([7, 3])
  })

  test('V5: a caller with a key, and loopback in development, count for the project alone', () => {
    for (const by of [null, exempt]) {
      expect(failing('citizen', by)).toEqual([ofProject])
      expect(failing('service', by)).toEqual([])
    }
  })

  test('V5: an address is counted by a short digest, from which nobody reads it', () => {
    expect(addressMember('ada@example.test')).toMatch(/^[\w-]{11}$/)
    expect(addressMember('ada@example.test')).toBe(addressMember('ada@example.test'))
    expect(addressMember('eve@example.test')).not.toBe(addressMember('ada@example.test'))
  })
})
