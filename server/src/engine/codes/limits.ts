import type { Caller } from '../../domain/caller.ts'
import type { PhoneDestination } from '../../domain/destination.ts'
import { addressMember, type Limit } from '../../domain/limit.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf, hasShortCodes, type Purpose } from '../../domain/purpose.ts'

/*
 * Which limits apply to whom. The numbers are project settings; this file decides what counts against them.
 */

const hourSeconds = 3_600
const daySeconds = 24 * hourSeconds

/** Requests with an API key to a project, limited by its settings. */
export const projectRequestLimits = ({ settings: { rateLimit } }: Project): Limit[] =>
  rateLimit === null
    ? []
    : [{ scope: 'requests', key: '', max: rateLimit.requests, windowSeconds: rateLimit.windowSeconds }]

/** Keyless sends of one network (S2). */
export const callerSendLimits = ({ settings }: Project, caller: Caller): Limit[] =>
  caller.isExempt
    ? []
    : [{ scope: 'sends', key: caller.network, max: settings.sendsPerCallerHour, windowSeconds: hourSeconds }]

/** Accepted sends of a project, a phone's prefix and its country. They bound the cost of an attack until somebody notices. */
export function sendBudgets({ settings }: Project, phone: PhoneDestination | null): Limit[] {
  const budget = (scope: Limit['scope'], key: string, max: number | null, windowSeconds: number): Limit[] =>
    max === null ? [] : [{ scope, key, max, windowSeconds }]
  return [
    ...budget('day-sends', '', settings.sendsPerProjectDay, daySeconds),
    ...budget('month-sends', '', settings.sendsPerProjectMonth, 30 * daySeconds),
    ...(phone === null
      ? []
      : [
          ...budget('prefix-sends', phone.prefix, settings.sendsPerPrefixHour, hourSeconds),
          ...budget(
            'country-sends',
            phone.country ?? `+${phone.callingCode}`,
            settings.sendsPerCountryHour,
            hourSeconds,
          ),
        ]),
  ]
}

/** Failed checks on short codes over the whole project, and distinct addresses that one network fails on (V5). */
export function failureLimits(
  { settings }: Project,
  { purpose, address, caller }: { purpose: Purpose; address: string; caller: Caller | null },
): { limit: Limit; member: string | null }[] {
  const ofProject: Limit = {
    scope: 'failed-checks',
    key: '',
    max: settings.failedChecksPerHour,
    windowSeconds: hourSeconds,
  }
  const ofNetwork = (network: string): Limit => ({
    scope: 'failed-addresses',
    key: network,
    max: settings.failedAddressesPerCallerHour,
    windowSeconds: hourSeconds,
  })
  return [
    ...(hasShortCodes({ digits: digitsOf(purpose, settings) }) ? [{ limit: ofProject, member: null }] : []),
    ...(caller === null || caller.isExempt
      ? []
      : [{ limit: ofNetwork(caller.network), member: addressMember(address) }]),
  ]
}

/** Distinct numbers without an account that one network asks for. Dialects count them if their answers reveal accounts. */
export const unknownAddressLimit = (caller: Caller): Limit => ({
  scope: 'unknown-addresses',
  key: caller.network,
  max: 10,
  windowSeconds: hourSeconds,
})
