import type { Command } from 'commander'
import type { Parsed, SettingMistake } from '../domain/project-settings.ts'
import { usageFailure } from './failure.ts'

/** What the options of `projects create` and `projects update` hold, as they were typed. */
export type ProjectOptions = Partial<Record<keyof typeof options, string>> & { json?: true }

type ProjectOption = {
  flags: string
  text: string
  /** Where its value stands in what an operator wishes. */
  place: string
  read: (typed: string) => unknown
}

const wholeNumber = (typed: string): unknown => (/^\d+$/.test(typed) ? Number(typed) : typed)
const amount = (typed: string): unknown => (/^\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed)
const offOr =
  (word: string, read: (typed: string) => unknown) =>
  (typed: string): unknown =>
    typed === word ? null : read(typed)

const options = {
  rateLimit: {
    flags: '--rate-limit <N/SECONDS>',
    text: 'at most N requests with API keys in SECONDS, or "off"',
    place: 'settings.rateLimit',
    read: offOr('off', readRate),
  },
  tokens: {
    flags: '--tokens <N>',
    text: 'sends that the project may make in all, or "unlimited"',
    place: 'tokens',
    read: offOr('unlimited', wholeNumber),
  },
  region: {
    flags: '--region <CC>',
    text: 'country of phone numbers without a country code, such as CI, or "none"',
    place: 'settings.region',
    read: offOr('none', String),
  },
  locale: {
    flags: '--locale <locale>',
    text: 'language of messages where nothing else says one: en, fr, sw, hi, ar, es, pt or de',
    place: 'settings.locale',
    read: String,
  },
  codeSeconds: {
    flags: '--code-seconds <N>',
    text: 'life of a code, 30 to 600, or "default"',
    place: 'settings.codeSeconds',
    read: offOr('default', wholeNumber),
  },
  cooldown: {
    flags: '--cooldown <SECONDS>',
    text: 'pause between two sends to one address, 0 for none',
    place: 'settings.cooldownSeconds',
    read: wholeNumber,
  },
  sendsPerTenMinutes: {
    flags: '--sends-per-ten-minutes <N>',
    text: 'unverified sends to one address in ten minutes',
    place: 'settings.sendsPerTenMinutes',
    read: wholeNumber,
  },
  sendsPerDay: {
    flags: '--sends-per-day <N>',
    text: 'unverified sends to one address in 24 hours',
    place: 'settings.sendsPerDay',
    read: wholeNumber,
  },
  sendsPerDayEverywhere: {
    flags: '--sends-per-day-everywhere <N>',
    text: 'unverified sends to one address in 24 hours, counted over all projects',
    place: 'settings.sendsPerDayEverywhere',
    read: wholeNumber,
  },
  sendsPerCallerHour: {
    flags: '--sends-per-caller-hour <N>',
    text: 'keyless sends of one network in an hour',
    place: 'settings.sendsPerCallerHour',
    read: wholeNumber,
  },
  failedChecksPerHour: {
    flags: '--failed-checks-per-hour <N>',
    text: 'wrong guesses at five-digit codes in an hour',
    place: 'settings.failedChecksPerHour',
    read: wholeNumber,
  },
  failedAddressesPerCallerHour: {
    flags: '--failed-addresses-per-caller-hour <N>',
    text: 'addresses that one network may guess wrongly at in an hour',
    place: 'settings.failedAddressesPerCallerHour',
    read: wholeNumber,
  },
  countries: {
    flags: '--countries <CC,CC>',
    text: 'countries that messages to phones may go to, "any", or "region" for its own alone',
    place: 'settings.countries',
    read: offOr('region', (typed) => (typed === 'any' ? typed : readList(typed))),
  },
  allow: {
    flags: '--allow <LIST>',
    text: 'addresses, domains, phone prefixes and networks that are always served, or "none"',
    place: 'settings.allow',
    read: readList,
  },
  deny: {
    flags: '--deny <LIST>',
    text: 'addresses, domains, phone prefixes and networks that are never served, or "none"',
    place: 'settings.deny',
    read: readList,
  },
  refuseDisposable: {
    flags: '--refuse-disposable <yes|no>',
    text: 'whether e-mail addresses of throw-away providers are refused',
    place: 'settings.refuseDisposable',
    read: readYesOrNo,
  },
  brake: {
    flags: '--brake <SENDS/PERCENT/SURGE/FACTOR>',
    text: 'when a phone prefix is stopped as pumping, such as 200/5/50/5, or "off"',
    place: 'settings.brake',
    read: offOr('off', readBrake),
  },
  sendsPerPrefixHour: {
    flags: '--sends-per-prefix-hour <N>',
    text: 'sends to one phone prefix in an hour, or "off"',
    place: 'settings.sendsPerPrefixHour',
    read: offOr('off', wholeNumber),
  },
  sendsPerCountryHour: {
    flags: '--sends-per-country-hour <N>',
    text: 'sends to one country in an hour, or "off"',
    place: 'settings.sendsPerCountryHour',
    read: offOr('off', wholeNumber),
  },
  sendsPerProjectDay: {
    flags: '--sends-per-project-day <N>',
    text: 'sends of the project in 24 hours, or "off"',
    place: 'settings.sendsPerProjectDay',
    read: offOr('off', wholeNumber),
  },
  sendsPerProjectMonth: {
    flags: '--sends-per-project-month <N>',
    text: 'sends of the project in 30 days, or "off"',
    place: 'settings.sendsPerProjectMonth',
    read: offOr('off', wholeNumber),
  },
  proofOfWork: {
    flags: '--proof-of-work <HASHES>',
    text: 'work that keyless senders do for each send, such as 50000, or "off"',
    place: 'settings.proofOfWork',
    read: offOr('off', wholeNumber),
  },
  testRecipients: {
    flags: '--test-recipients <ADDRESS=CODE@DATE,…>',
    text: 'addresses of app reviewers with a fixed code until a date, or "none"',
    place: 'settings.testRecipients',
    read: readTestRecipients,
  },
  requireVerificationToken: {
    flags: '--require-verification-token <yes|no>',
    text: 'whether sign-up and login of the mobile API need the token of the verification',
    place: 'settings.requireVerificationToken',
    read: readYesOrNo,
  },
  carrier: {
    flags: '--carrier <carrier>',
    text: '"default", or "null" to accept every message and drop it, for load tests',
    place: 'settings.carrier',
    read: String,
  },
  fallback: {
    flags: '--fallback <PLAN>',
    text: 'other channels for a code that nobody verifies, such as "whatsapp: sms@30, voice@60", or "none"',
    place: 'settings.fallbacks',
    read: readFallbacks,
  },
  spendingPerDay: {
    flags: '--spending-per-day <AMOUNT>',
    text: 'what messages may cost in a day, in the server\'s currency, or "none"',
    place: 'settings.spendingPerDay',
    read: offOr('none', amount),
  },
  spendingPerMonth: {
    flags: '--spending-per-month <AMOUNT>',
    text: 'the same in a month, or "none"',
    place: 'settings.spendingPerMonth',
    read: offOr('none', amount),
  },
  displayName: {
    flags: '--display-name <name>',
    text: 'what messages call the project, or "none" for its name',
    place: 'settings.displayName',
    read: offOr('none', String),
  },
  colour: {
    flags: '--colour <#RRGGBB>',
    text: 'colour of the head of mail, such as #1a7f5a, or "none"',
    place: 'settings.colour',
    read: offOr('none', String),
  },
  logoUrl: {
    flags: '--logo-url <URL>',
    text: 'https:// address of the logo in the head of mail, or "none"',
    place: 'settings.logoUrl',
    read: offOr('none', String),
  },
  webOtpHost: {
    flags: '--web-otp-host <host>',
    text: 'ends SMS with "@host #code", from which browsers fill the code in, or "none"',
    place: 'settings.webOtpHost',
    read: offOr('none', String),
  },
  androidAppHash: {
    flags: '--android-app-hash <hash>',
    text: 'ends SMS with the 11 characters by which an Android app knows its message, or "none"',
    place: 'settings.androidAppHash',
    read: offOr('none', String),
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
  for (const [key, { place, read }] of entries) {
    const typed = given[key]
    if (typed === undefined) continue
    const [head = '', setting] = place.split('.')
    if (setting === undefined) wish[head] = read(typed)
    else settings[setting] = read(typed)
  }
  return wish
}

/** The parsed wish, or one failure that tells all mistakes in the words of the command line. */
export function requireParsed<Value>(parsed: Parsed<Value>): Value {
  if (parsed.ok) return parsed.value
  throw usageFailure(parsed.mistakes.map(renderMistake).join('; '))
}

function renderMistake({ place, message }: SettingMistake): string {
  const option = entries.map(([, entry]) => entry).find((entry) => entry.place === place)
  if (option === undefined) return `${place === 'name' ? 'the name' : place} ${message}`
  const [flag] = option.flags.split(' ')
  return `${flag} ${expectations[place] ?? message.replace(', or null', ', or "none"')}`
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

/** `whatsapp: sms@30, voice@60; sms: voice@45`. What is spelled otherwise is left for the domain to refuse. */
function readFallbacks(typed: string): unknown {
  if (typed === 'none') return {}
  const plans = typed.split(';').map((plan) => /^\s*([a-z]+)\s*:(.+)$/.exec(plan))
  if (plans.includes(null)) return typed
  const stepsOf = (text: string) =>
    text.split(',').map((step) => {
      const [, channel, seconds] = /^\s*([a-z]+)@(\d+)s?\s*$/.exec(step) ?? []
      return { channel, afterSeconds: Number(seconds) }
    })
  return Object.fromEntries(plans.map((plan) => [plan?.[1], stepsOf(plan?.[2] ?? '')]))
}

function readYesOrNo(typed: string): unknown {
  return { yes: true, no: false }[typed] ?? typed
}

function readList(typed: string): unknown {
  return typed === 'none' ? [] : typed.split(',').map((entry) => entry.trim())
}

function readBrake(typed: string): unknown {
  const [, ...numbers] = /^(\d+)\/(\d+)\/(\d+)\/(\d+)$/.exec(typed) ?? []
  const [sends, verifiedPercent, surgeSends, surgeFactor] = numbers.map(Number)
  return numbers.length === 0 ? typed : { sends, verifiedPercent, surgeSends, surgeFactor }
}

function readTestRecipients(typed: string): unknown {
  if (typed === 'none') return []
  return typed.split(',').map((entry) => {
    const [, address, code, until] = /^(.+)=([0-9]+)@([^@]+)$/.exec(entry.trim()) ?? []
    return { address, code, until }
  })
}

function readRate(typed: string): unknown {
  const [, requests, seconds] = /^(\d+)\/(\d+)s?$/.exec(typed) ?? []
  return requests === undefined ? typed : { requests: Number(requests), windowSeconds: Number(seconds) }
}
