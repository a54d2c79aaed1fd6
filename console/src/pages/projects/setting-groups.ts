import type { SettingNotes } from '../../api/catalogue.ts'

/** Settings that one thinks of together, in the order in which they are shown. */
export const groupNames = [
  'branding',
  'codes',
  'destinations',
  'testing',
  'limits',
  'caps',
  'guessing',
  'more',
] as const
export type GroupName = (typeof groupNames)[number]

const members: Readonly<Record<Exclude<GroupName, 'more'>, readonly string[]>> = {
  branding: ['displayName', 'colour', 'logoUrl', 'locale', 'webOtpHost', 'androidAppHash'],
  codes: ['codeLength', 'codeSeconds', 'cooldownSeconds', 'fallbacks', 'carrier', 'requireVerificationToken'],
  destinations: ['region', 'countries', 'allow', 'deny', 'refuseDisposable'],
  testing: ['testRecipients'],
  limits: [
    'rateLimit',
    'sendsPerTenMinutes',
    'sendsPerDay',
    'sendsPerDayEverywhere',
    'sendsPerCallerHour',
    'proofOfWork',
  ],
  caps: [
    'pumpingLimit',
    'sendsPerPrefixHour',
    'sendsPerCountryHour',
    'sendsPerProjectDay',
    'sendsPerProjectMonth',
    'spendingPerDay',
    'spendingPerMonth',
  ],
  guessing: [
    'failedChecksPerHour',
    'failedChecksPerCallerHour',
    'failedAddressesPerCallerHour',
    'failedLoginsPerCallerHour',
    'failedLoginAddressesPerCallerHour',
    'refusedRefreshesPerCallerHour',
  ],
}

/** The settings of the server by group. One that this console does not know stands in the last. */
export function groupSettings(all: readonly SettingNotes[]): { name: GroupName; settings: SettingNotes[] }[] {
  const placed = new Set(Object.values(members).flat())
  return groupNames
    .map((name) => ({
      name,
      settings:
        name === 'more'
          ? all.filter((setting) => !placed.has(setting.name))
          : members[name].flatMap((member) => all.find((setting) => setting.name === member) ?? []),
    }))
    .filter(({ settings }) => settings.length > 0)
}
