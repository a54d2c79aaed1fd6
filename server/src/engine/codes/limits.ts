import type { Caller } from '../../domain/caller.ts'
import { type CountedCaller, networkShare } from '../../domain/counted-caller.ts'
import type { PhoneDestination } from '../../domain/destination.ts'
import type { CheckRules, SprayingLimit } from '../../domain/judge-check.ts'
import type { Budget, SendRules } from '../../domain/judge-send.ts'
import { type Limit, shortDigest } from '../../domain/limit.ts'
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

/**
 * Accepted sends of a project, a phone's prefix and its country. They bound the cost of an attack until somebody notices.
 * Each network has a share of them.
 */
export function sendBudgets(
  { settings }: Project,
  { phone, caller }: { phone: PhoneDestination | null; caller: CountedCaller | null },
): Budget[] {
  const budget = (
    scope: Limit['scope'],
    key: string,
    { max, windowSeconds }: { max: number | null; windowSeconds: number },
  ): Budget[] => {
    if (max === null) return []
    const limit = { scope, key, max, windowSeconds }
    if (caller === null) return [{ limit, share: null }]
    return [{ limit, share: { ...limit, key: keyOfNetwork(key, caller), max: networkShare(max) } }]
  }
  const [hour, day, month] = [hourSeconds, daySeconds, 30 * daySeconds]
  return [
    ...budget('day-sends', '', { max: settings.sendsPerProjectDay, windowSeconds: day }),
    ...budget('month-sends', '', { max: settings.sendsPerProjectMonth, windowSeconds: month }),
    ...(phone === null
      ? []
      : [
          ...budget('prefix-sends', phone.prefix, { max: settings.sendsPerPrefixHour, windowSeconds: hour }),
          ...budget('country-sends', phone.country ?? `+${phone.callingCode}`, {
            max: settings.sendsPerCountryHour,
            windowSeconds: hour,
          }),
        ]),
  ]
}

const keyOfNetwork = (key: string, { network }: CountedCaller): string =>
  key === '' ? network : `${key} ${network}`

/**
 * What stops a phone's prefix as pumped (S4). A network whose sends are not bounded otherwise (S2) has a bound of its own
 * there, which decoys count against as well.
 */
export function pumpingOf(
  { settings: { pumpingLimit, sendsPerCallerHour } }: Project,
  { phone, caller }: { phone: PhoneDestination | null; caller: CountedCaller | null },
): SendRules['destination'] {
  if (phone === null || pumpingLimit === null) return null
  const { prefix } = phone
  const max = Math.min(pumpingLimit.sends, pumpingLimit.surgeSends)
  const share: Limit | null =
    caller === null || sendsPerCallerHour <= max
      ? null
      : { scope: 'pumping-sends', key: keyOfNetwork(prefix, caller), max, windowSeconds: hourSeconds }
  return { prefix, limit: pumpingLimit, share }
}

/** What one network may fail on, and guesses at short codes over the whole project (V5). */
export function failureLimits(
  { settings }: Project,
  { purpose, address, caller }: { purpose: Purpose; address: string; caller: Caller | null },
): Pick<CheckRules, 'onFailure' | 'spraying'> {
  const counted = caller === null || caller.isExempt ? null : caller
  const failedChecks = (key: string, max: number): Limit => ({
    scope: 'failed-checks',
    key,
    max,
    windowSeconds: hourSeconds,
  })
  const ofNetwork =
    counted === null ? null : failedChecks(counted.network, settings.failedChecksPerCallerHour)
  const failedAddresses: Limit | null =
    counted === null
      ? null
      : {
          scope: 'failed-addresses',
          key: counted.network,
          max: settings.failedAddressesPerCallerHour,
          windowSeconds: hourSeconds,
        }
  // Callers with a key are a project's own systems: what strangers spend does not stop them, nor the other way round.
  const spraying: SprayingLimit = {
    limit: failedChecks(caller === null ? 'api-keys' : '', settings.failedChecksPerHour),
    ofNetwork,
  }
  return {
    onFailure: [
      ...(ofNetwork === null ? [] : [{ limit: ofNetwork, member: null }]),
      ...(failedAddresses === null ? [] : [{ limit: failedAddresses, member: shortDigest(address) }]),
    ],
    spraying: hasShortCodes({ digits: digitsOf(purpose, settings) }) ? spraying : null,
  }
}

/** Wrong passwords that one network gives, and the addresses that it gives them for. They are many more than wrong codes. */
export const failedLoginLimits = (
  { settings }: Project,
  { address, caller }: { address: string; caller: Caller | null },
): { limit: Limit; member: string | null }[] => {
  if (caller === null || caller.isExempt) return []
  const ofNetwork = (scope: Limit['scope'], max: number): Limit => ({
    scope,
    key: caller.network,
    max,
    windowSeconds: hourSeconds,
  })
  return [
    { limit: ofNetwork('failed-logins', settings.failedLoginsPerCallerHour), member: null },
    {
      limit: ofNetwork('failed-login-addresses', settings.failedLoginAddressesPerCallerHour),
      member: shortDigest(address),
    },
  ]
}

/** Refused refreshes of one network. */
export const refusedRefreshLimits = ({ settings }: Project, caller: Caller | null): Limit[] =>
  caller === null || caller.isExempt
    ? []
    : [
        {
          scope: 'refused-refreshes',
          key: caller.network,
          max: settings.refusedRefreshesPerCallerHour,
          windowSeconds: hourSeconds,
        },
      ]

/** Distinct numbers without an account that one network asks for. Dialects count them if their answers reveal accounts. */
export const unknownAddressLimit = (caller: Caller): Limit => ({
  scope: 'unknown-addresses',
  key: caller.network,
  max: 10,
  windowSeconds: hourSeconds,
})
