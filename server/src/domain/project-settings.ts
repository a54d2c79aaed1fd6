import { parseAndroidAppHash, parseColour, parseLogoUrl, parseWebOtpHost } from './branding.ts'
import { fallbackPlans } from './fallback.ts'
import { messageLocales } from './locale.ts'
import {
  addressList,
  amount,
  codeLengths,
  displayText,
  pumpingLimit,
  rateLimit,
  region,
  regions,
  testRecipients,
} from './project-setting-kinds.ts'
import { hashesMax, hashesMin } from './proof-of-work.ts'
import { codeLifeSecondsMax } from './purpose.ts'
import { oneOf, orNull, orWord, text, wholeNumber, yesOrNo } from './settings/kinds.ts'
import { type SettingTable, setting } from './settings/setting.ts'

/** A cap on the accepted sends of a project. */
const cap = orNull(wholeNumber(1, 1_000_000_000, 'sends'), { word: 'off', means: 'no cap' })

const spendingCap = orNull(amount, { word: 'none', means: 'no cap' })

const none = { word: 'none' }

/**
 * Every setting of a project, in display order. An entry is all that a setting needs: its type, default, parser, schema,
 * command-line option and row in docs/admin.md are made of it.
 */
export const projectSettings = {
  region: setting(orNull(region, none), {
    default: null,
    example: 'CI',
    option: '--region <CC>',
    description: 'the country of phone numbers without a country code',
  }),
  locale: setting(oneOf(messageLocales), {
    default: 'en',
    example: 'fr',
    option: '--locale <locale>',
    description: 'the language of messages if neither request, account nor number determines one',
  }),
  codeLength: setting(orNull(codeLengths, { word: 'default', means: 'the length that the API gives it' }), {
    default: null,
    example: 8,
    option: '--code-length <N>',
    description: 'the digits of a code',
    page: 'abuse.md',
  }),
  codeSeconds: setting(
    orNull(wholeNumber(30, codeLifeSecondsMax, 'seconds'), { word: 'default', means: "the API's default" }),
    {
      default: null,
      example: 120,
      option: '--code-seconds <N>',
      description: 'the life of a code instead of the one that the API gives it',
    },
  ),
  rateLimit: setting(orNull(rateLimit, { word: 'off', means: 'no limit' }), {
    default: { requests: 600, windowSeconds: 60 },
    example: { requests: 1200, windowSeconds: 60 },
    option: '--rate-limit <N/SECONDS>',
    description: 'requests with API keys in a window of time',
  }),
  cooldownSeconds: setting(wholeNumber(0, 86_400, 'seconds'), {
    default: 0,
    example: 30,
    option: '--cooldown <SECONDS>',
    description: 'the pause between two sends to one address for the same purpose and recordId',
  }),

  // Caps on unverified sends to one address; the last counts all projects, and each project observes its own (S1).
  sendsPerTenMinutes: setting(wholeNumber(1, 1_000, 'sends'), {
    default: 5,
    example: 3,
    option: '--sends-per-ten-minutes <N>',
    description: 'unverified sends to one address in ten minutes',
    page: 'abuse.md',
  }),
  sendsPerDay: setting(wholeNumber(1, 1_000, 'sends'), {
    default: 10,
    example: 6,
    option: '--sends-per-day <N>',
    description: 'unverified sends to one address in 24 hours',
    page: 'abuse.md',
  }),
  sendsPerDayEverywhere: setting(wholeNumber(1, 1_000, 'sends'), {
    default: 20,
    example: 15,
    option: '--sends-per-day-everywhere <N>',
    description: 'unverified sends to one address in 24 hours, counted over all projects',
    page: 'abuse.md',
  }),
  // Keyless sends (S2).
  sendsPerCallerHour: setting(wholeNumber(1, 1_000_000, 'sends'), {
    default: 30,
    example: 100,
    option: '--sends-per-caller-hour <N>',
    description: 'sends of one network in an hour, without an API key',
    page: 'abuse.md',
  }),

  // Where messages to phones may go (S3). What is allowed wins over what is denied.
  countries: setting(
    orNull(orWord(regions, 'any'), { word: 'region', means: 'region and what shares its national plan' }),
    {
      default: null,
      example: ['CI', 'SN'],
      option: '--countries <CC,CC>',
      description: 'the countries that messages to phones may go to',
      page: 'abuse.md',
    },
  ),
  allow: setting(addressList, {
    default: [],
    example: ['example.com', '+22507'],
    option: '--allow <LIST>',
    description: 'addresses and networks that are always served',
    page: 'abuse.md',
  }),
  deny: setting(addressList, {
    default: [],
    example: ['ada@example.com', '192.0.2.0/24'],
    option: '--deny <LIST>',
    description: 'addresses and networks that are never served',
    page: 'abuse.md',
  }),
  refuseDisposable: setting(yesOrNo, {
    default: false,
    example: true,
    option: '--refuse-disposable <yes|no>',
    description: 'whether e-mail addresses of throw-away providers are refused',
    page: 'abuse.md',
  }),
  // When sends to a phone prefix are stopped as pumping (S4).
  pumpingLimit: setting(orNull(pumpingLimit, { word: 'off', means: 'none' }), {
    default: { sends: 200, verifiedPercent: 5, surgeSends: 50, surgeFactor: 5 },
    example: { sends: 100, verifiedPercent: 10, surgeSends: 20, surgeFactor: 3 },
    option: '--pumping-limit <SENDS/PERCENT/SURGE/FACTOR>',
    description: 'when a phone prefix is stopped as pumping',
    page: 'abuse.md',
  }),
  sendsPerPrefixHour: setting(cap, {
    default: null,
    example: 500,
    option: '--sends-per-prefix-hour <N>',
    description: 'accepted sends to one phone prefix in an hour',
    page: 'abuse.md',
  }),
  sendsPerCountryHour: setting(cap, {
    default: null,
    example: 2_000,
    option: '--sends-per-country-hour <N>',
    description: 'accepted sends to one country in an hour',
    page: 'abuse.md',
  }),
  // These two bound what an attacker can make a project spend.
  sendsPerProjectDay: setting(cap, {
    default: null,
    example: 20_000,
    option: '--sends-per-project-day <N>',
    description: 'accepted sends of the project in 24 hours',
    page: 'abuse.md',
  }),
  sendsPerProjectMonth: setting(cap, {
    default: null,
    example: 200_000,
    option: '--sends-per-project-month <N>',
    description: 'accepted sends of the project in 30 days',
    page: 'abuse.md',
  }),
  // Required of keyless senders (S10).
  proofOfWork: setting(
    orNull(wholeNumber(hashesMin, hashesMax, 'hashes'), { word: 'off', means: 'no proof of work' }),
    {
      default: null,
      example: 50_000,
      option: '--proof-of-work <HASHES>',
      description: 'the work that senders without an API key do for each send',
      page: 'abuse.md',
    },
  ),
  // For reviewers of app stores (C4).
  testRecipients: setting(testRecipients, {
    default: [],
    example: [{ address: 'review@example.com', code: '123456', until: '2027-01-31' }],
    option: '--test-recipients <ADDRESS=CODE@DATE,…>',
    description: 'addresses of app reviewers whose code is fixed until a date, and never sent',
    page: 'abuse.md',
  }),

  // How much guessing of five-digit codes is possible (V5).
  failedChecksPerHour: setting(wholeNumber(1, 1_000_000, 'checks'), {
    default: 500,
    example: 200,
    option: '--failed-checks-per-hour <N>',
    description: 'wrong five-digit codes in an hour',
    page: 'abuse.md',
  }),
  failedChecksPerCallerHour: setting(wholeNumber(1, 100_000, 'checks'), {
    default: 200,
    example: 100,
    option: '--failed-checks-per-caller-hour <N>',
    description: 'checks of one network, without an API key, that fail in an hour',
    page: 'abuse.md',
  }),
  failedAddressesPerCallerHour: setting(wholeNumber(1, 10_000, 'addresses'), {
    default: 20,
    example: 10,
    option: '--failed-addresses-per-caller-hour <N>',
    description: 'addresses that one network fails on in an hour',
    page: 'abuse.md',
  }),
  // How many wrong passwords and dead refresh tokens one network may send. Thousands of people may share it (A3).
  failedLoginsPerCallerHour: setting(wholeNumber(1, 1_000_000, 'logins'), {
    default: 300,
    example: 100,
    option: '--failed-logins-per-caller-hour <N>',
    description: 'wrong passwords of one network in an hour',
    page: 'abuse.md',
  }),
  failedLoginAddressesPerCallerHour: setting(wholeNumber(1, 10_000, 'addresses'), {
    default: 100,
    example: 50,
    option: '--failed-login-addresses-per-caller-hour <N>',
    description: 'addresses that one network gives wrong passwords for in an hour',
    page: 'abuse.md',
  }),
  refusedRefreshesPerCallerHour: setting(wholeNumber(1, 1_000_000, 'refreshes'), {
    default: 1_000,
    example: 200,
    option: '--refused-refreshes-per-caller-hour <N>',
    description: 'refused refreshes of one network in an hour',
    page: 'abuse.md',
  }),
  requireVerificationToken: setting(yesOrNo, {
    default: false,
    example: true,
    option: '--require-verification-token <yes|no>',
    description: 'whether sign-up and login of the mobile API need the token of the verification',
  }),

  carrier: setting(
    oneOf(['default', 'null'], '"default", or "null" for a carrier that accepts every message and drops it'),
    {
      default: 'default',
      example: 'null',
      option: '--carrier <carrier>',
      description: 'whether messages take the routes of the project or, for load tests, go to nobody',
    },
  ),
  fallbacks: setting(fallbackPlans, {
    default: {},
    example: { whatsapp: [{ channel: 'sms', afterSeconds: 30 }] },
    option: '--fallback <PLAN>',
    description: 'other channels for a code that nobody verifies',
    page: 'routing.md',
  }),
  spendingPerDay: setting(spendingCap, {
    default: null,
    example: 12.5,
    option: '--spending-per-day <AMOUNT>',
    description: "what messages may cost in a day of UTC, in the server's currency",
    page: 'routing.md',
  }),
  spendingPerMonth: setting(spendingCap, {
    default: null,
    example: 250,
    option: '--spending-per-month <AMOUNT>',
    description: "what messages may cost in a month of UTC, in the server's currency",
    page: 'routing.md',
  }),

  displayName: setting(orNull(displayText, { word: 'none', means: "the project's name" }), {
    default: null,
    example: 'My shop',
    option: '--display-name <name>',
    description: 'what messages call the project',
    page: 'texts.md',
  }),
  colour: setting(orNull(text('a colour such as #1a7f5a', parseColour), none), {
    default: null,
    example: '#1a7f5a',
    option: '--colour <#RRGGBB>',
    description: 'the colour of the head of mail',
    page: 'texts.md',
  }),
  logoUrl: setting(orNull(text('an https:// address of an image', parseLogoUrl), none), {
    default: null,
    example: 'https://shop.example.com/logo.png',
    option: '--logo-url <URL>',
    description: 'the logo in the head of mail',
    page: 'texts.md',
  }),
  webOtpHost: setting(
    orNull(
      text('the host name of the page that asks for the code, such as shop.example.com', parseWebOtpHost),
      none,
    ),
    {
      default: null,
      example: 'shop.example.com',
      option: '--web-otp-host <host>',
      description: 'ends SMS with "@host #code", from which browsers fill the code in',
      page: 'texts.md',
    },
  ),
  androidAppHash: setting(
    orNull(text('the 11 letters, digits, + and / of the Android app', parseAndroidAppHash), none),
    {
      default: null,
      example: 'FA+9qCX9VSu',
      option: '--android-app-hash <hash>',
      description: 'ends SMS with the line by which an Android app knows its message',
      page: 'texts.md',
    },
  ),
} satisfies SettingTable
