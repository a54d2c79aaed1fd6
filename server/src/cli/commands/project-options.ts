import type { Command } from 'commander'
import { type Issue, type Parsed, renderEntry } from '../../domain/issue.ts'
import type { ProjectSettings } from '../../domain/project.ts'
import type { ProjectSummary } from '../../engine/ports/projects.ts'
import { usageFailure } from '../terminal/failure.ts'
import {
  amount,
  brake,
  fallbacks,
  list,
  orAny,
  orWord,
  rate,
  type Spelling,
  testRecipients,
  text,
  wholeNumber,
  yesOrNo,
} from './project-spellings.ts'

/** What the options of `projects create` and `projects update` hold, as they were typed. */
export type ProjectOptions = Partial<Record<keyof typeof options, string>> & { json?: true }

type ProjectOption = {
  flags: string
  text: string
  /** Where its value stands in what an operator wishes. */
  place: string
  spelling: Spelling
}

const options = {
  rateLimit: {
    flags: '--rate-limit <N/SECONDS>',
    text: 'at most N requests with API keys in SECONDS, or "off"',
    place: 'settings.rateLimit',
    spelling: orWord('off', rate),
  },
  tokens: {
    flags: '--tokens <N>',
    text: 'sends that the project may make in all, or "unlimited"',
    place: 'tokens',
    spelling: orWord('unlimited', wholeNumber),
  },
  region: {
    flags: '--region <CC>',
    text: 'country of phone numbers without a country code, such as CI, or "none"',
    place: 'settings.region',
    spelling: orWord('none', text),
  },
  locale: {
    flags: '--locale <locale>',
    text: 'language of messages where nothing else says one: en, fr, sw, hi, ar, es, pt or de',
    place: 'settings.locale',
    spelling: text,
  },
  codeSeconds: {
    flags: '--code-seconds <N>',
    text: 'life of a code, 30 to 600, or "default"',
    place: 'settings.codeSeconds',
    spelling: orWord('default', wholeNumber),
  },
  cooldown: {
    flags: '--cooldown <SECONDS>',
    text: 'pause between two sends of one kind to one address, 0 for none',
    place: 'settings.cooldownSeconds',
    spelling: wholeNumber,
  },
  sendsPerTenMinutes: {
    flags: '--sends-per-ten-minutes <N>',
    text: 'unverified sends to one address in ten minutes',
    place: 'settings.sendsPerTenMinutes',
    spelling: wholeNumber,
  },
  sendsPerDay: {
    flags: '--sends-per-day <N>',
    text: 'unverified sends to one address in 24 hours',
    place: 'settings.sendsPerDay',
    spelling: wholeNumber,
  },
  sendsPerDayEverywhere: {
    flags: '--sends-per-day-everywhere <N>',
    text: 'unverified sends to one address in 24 hours, counted over all projects',
    place: 'settings.sendsPerDayEverywhere',
    spelling: wholeNumber,
  },
  sendsPerCallerHour: {
    flags: '--sends-per-caller-hour <N>',
    text: 'keyless sends of one network in an hour',
    place: 'settings.sendsPerCallerHour',
    spelling: wholeNumber,
  },
  failedChecksPerHour: {
    flags: '--failed-checks-per-hour <N>',
    text: 'wrong guesses at five-digit codes in an hour',
    place: 'settings.failedChecksPerHour',
    spelling: wholeNumber,
  },
  failedAddressesPerCallerHour: {
    flags: '--failed-addresses-per-caller-hour <N>',
    text: 'addresses that one network may guess wrongly at in an hour',
    place: 'settings.failedAddressesPerCallerHour',
    spelling: wholeNumber,
  },
  countries: {
    flags: '--countries <CC,CC>',
    text: 'countries that messages to phones may go to, "any", or "region" for its own alone',
    place: 'settings.countries',
    spelling: orWord('region', orAny(list)),
  },
  allow: {
    flags: '--allow <LIST>',
    text: 'addresses, domains, phone prefixes and networks that are always served, or "none"',
    place: 'settings.allow',
    spelling: list,
  },
  deny: {
    flags: '--deny <LIST>',
    text: 'addresses, domains, phone prefixes and networks that are never served, or "none"',
    place: 'settings.deny',
    spelling: list,
  },
  refuseDisposable: {
    flags: '--refuse-disposable <yes|no>',
    text: 'whether e-mail addresses of throw-away providers are refused',
    place: 'settings.refuseDisposable',
    spelling: yesOrNo,
  },
  brake: {
    flags: '--brake <SENDS/PERCENT/SURGE/FACTOR>',
    text: 'when a phone prefix is stopped as pumping, such as 200/5/50/5, or "off"',
    place: 'settings.brake',
    spelling: orWord('off', brake),
  },
  sendsPerPrefixHour: {
    flags: '--sends-per-prefix-hour <N>',
    text: 'sends to one phone prefix in an hour, or "off"',
    place: 'settings.sendsPerPrefixHour',
    spelling: orWord('off', wholeNumber),
  },
  sendsPerCountryHour: {
    flags: '--sends-per-country-hour <N>',
    text: 'sends to one country in an hour, or "off"',
    place: 'settings.sendsPerCountryHour',
    spelling: orWord('off', wholeNumber),
  },
  sendsPerProjectDay: {
    flags: '--sends-per-project-day <N>',
    text: 'sends of the project in 24 hours, or "off"',
    place: 'settings.sendsPerProjectDay',
    spelling: orWord('off', wholeNumber),
  },
  sendsPerProjectMonth: {
    flags: '--sends-per-project-month <N>',
    text: 'sends of the project in 30 days, or "off"',
    place: 'settings.sendsPerProjectMonth',
    spelling: orWord('off', wholeNumber),
  },
  proofOfWork: {
    flags: '--proof-of-work <HASHES>',
    text: 'work that keyless senders do for each send, such as 50000, or "off"',
    place: 'settings.proofOfWork',
    spelling: orWord('off', wholeNumber),
  },
  testRecipients: {
    flags: '--test-recipients <ADDRESS=CODE@DATE,…>',
    text: 'addresses of app reviewers with a fixed code until a date, or "none"',
    place: 'settings.testRecipients',
    spelling: testRecipients,
  },
  requireVerificationToken: {
    flags: '--require-verification-token <yes|no>',
    text: 'whether sign-up and login of the mobile API need the token of the verification',
    place: 'settings.requireVerificationToken',
    spelling: yesOrNo,
  },
  carrier: {
    flags: '--carrier <carrier>',
    text: '"default", or "null" to accept every message and drop it, for load tests',
    place: 'settings.carrier',
    spelling: text,
  },
  fallback: {
    flags: '--fallback <PLAN>',
    text: 'other channels for a code that nobody verifies, such as "whatsapp: sms@30, voice@60", or "none"',
    place: 'settings.fallbacks',
    spelling: fallbacks,
  },
  spendingPerDay: {
    flags: '--spending-per-day <AMOUNT>',
    text: 'what messages may cost in a day, in the server\'s currency, or "none"',
    place: 'settings.spendingPerDay',
    spelling: orWord('none', amount),
  },
  spendingPerMonth: {
    flags: '--spending-per-month <AMOUNT>',
    text: 'the same in a month, or "none"',
    place: 'settings.spendingPerMonth',
    spelling: orWord('none', amount),
  },
  displayName: {
    flags: '--display-name <name>',
    text: 'what messages call the project, or "none" for its name',
    place: 'settings.displayName',
    spelling: orWord('none', text),
  },
  colour: {
    flags: '--colour <#RRGGBB>',
    text: 'colour of the head of mail, such as #1a7f5a, or "none"',
    place: 'settings.colour',
    spelling: orWord('none', text),
  },
  logoUrl: {
    flags: '--logo-url <URL>',
    text: 'https:// address of the logo in the head of mail, or "none"',
    place: 'settings.logoUrl',
    spelling: orWord('none', text),
  },
  webOtpHost: {
    flags: '--web-otp-host <host>',
    text: 'ends SMS with "@host #code", from which browsers fill the code in, or "none"',
    place: 'settings.webOtpHost',
    spelling: orWord('none', text),
  },
  androidAppHash: {
    flags: '--android-app-hash <hash>',
    text: 'ends SMS with the 11 characters by which an Android app knows its message, or "none"',
    place: 'settings.androidAppHash',
    spelling: orWord('none', text),
  },
} satisfies Record<string, ProjectOption>

const entries = Object.entries(options) as [keyof typeof options, ProjectOption][]

/** Adds the options to a command. Their values are judged by the domain, in one place for this and the admin API. */
export function addProjectOptions(command: Command): Command {
  for (const [, { flags, text }] of entries) command.option(flags, text)
  return command
}

/** The wish that typed options make, for the domain to parse. */
export function readProjectOptions(given: ProjectOptions, name: string | undefined): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  const wish: Record<string, unknown> = { ...(name === undefined ? {} : { name }), settings }
  for (const [key, { place, spelling }] of entries) {
    const typed = given[key]
    if (typed === undefined) continue
    const [head = '', setting] = place.split('.')
    if (setting === undefined) wish[head] = spelling.read(typed)
    else settings[setting] = spelling.read(typed)
  }
  return wish
}

/** The options that were given, each with the value that the project has now, as it is typed. */
export function renderProjectOptions(
  given: ProjectOptions,
  project: Pick<ProjectSummary, 'settings' | 'tokens'>,
): [flag: string, value: string][] {
  return entries.flatMap(([key, { flags, place, spelling }]): [string, string][] => {
    if (given[key] === undefined) return []
    const [flag = ''] = flags.split(' ')
    const value = place === 'tokens' ? project.tokens.granted : settingAt(project.settings, place)
    return [[flag, spelling.write(value)]]
  })
}

const settingAt = (settings: ProjectSettings, place: string): unknown =>
  settings[place.replace('settings.', '') as keyof ProjectSettings]

/** The parsed wish, or one failure that tells all issues in the words of the command line. */
export function requireParsed<Value>(parsed: Parsed<Value>): Value {
  if (parsed.ok) return parsed.value
  throw usageFailure(parsed.issues.map(renderIssue).join('; '))
}

function renderIssue(issue: Issue): string {
  const { path: place, message } = issue
  const option = entries.map(([, entry]) => entry).find((entry) => entry.place === place)
  if (option === undefined) return `${place === 'name' ? 'the name' : place} ${message}`
  const [flag] = option.flags.split(' ')
  const ours =
    expectations[place] ?? message.replace(', or null', () => `, or "${option.spelling.write(null)}"`)
  return `${flag} ${ours}${renderEntry(issue)}`
}

/** Where the command line spells a value otherwise than JSON does. */
const expectations: Record<string, string> = {
  'settings.rateLimit':
    'must be requests/seconds such as 600/60 (at most 1000000 in 1 to 86400 seconds), or "off"',
  'settings.region': 'must be a two-letter country code such as CI or IN, or "none"',
  'settings.codeSeconds': 'must be a whole number of seconds from 30 to 600, or "default"',
  'settings.requireVerificationToken': 'must be yes or no',
  'settings.fallbacks':
    'must be channels of phones with steps of 5 to 540 seconds after the send, such as "whatsapp: sms@30, voice@60; sms: voice@45", or "none"',
  'settings.spendingPerDay': 'must be an amount such as 25 or 12.50, or "none"',
  'settings.spendingPerMonth': 'must be an amount such as 500 or 99.90, or "none"',
  'settings.refuseDisposable': 'must be yes or no',
  'settings.countries':
    'must be two-letter country codes with commas between them such as CI,SN, or "any", or "region"',
  'settings.allow':
    'must be e-mail addresses, domains, beginnings of phone numbers such as +22507 and networks such as 192.0.2.0/24, with commas between them, or "none"',
  'settings.deny':
    'must be e-mail addresses, domains, beginnings of phone numbers such as +22507 and networks such as 192.0.2.0/24, with commas between them, or "none"',
  'settings.brake':
    'must be sends/percent/surge/factor such as 200/5/50/5: below 5 % verified of 200 sends, or over 50 sends and 5 times the mean; or "off"',
  'settings.testRecipients':
    'must be such as review@example.com=123456@2027-01-31, several with commas between them, or "none"; the end date is needed',
  tokens: 'must be a whole number from 0 to 1000000000000, or "unlimited"',
}
