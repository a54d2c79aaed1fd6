import { isIP } from 'node:net'
import { Secret } from '../domain/secret.ts'

/*
 * Every setting of the environment. Name, default, bounds, sentence and example are together here; reading, error
 * messages and documentation all use this table.
 */

export type Setting<Value> = {
  sentence: string
  /** What the parser accepts, in words. */
  expected: string
  example: string
  /** As it would be written in the environment; null for none. */
  default: string | null
  /** What the reference shows if the default is computed. */
  defaultNote?: string
  /** Never shown, neither in messages nor in logs. */
  isSecret?: boolean
  /** Undefined for a text that it does not accept. */
  parse: (text: string) => Value | undefined
}

/** Keeps in the type whether there is a default: a setting with one is never null. */
const setting = <Value, Default extends string | null>(
  entry: Setting<Value> & { default: Default },
): Setting<Value> & { default: Default } => entry

export const secretBytesMin = 32
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export const tokenAlgorithms = ['EdDSA', 'HS256'] as const

export const settings = {
  HOST: setting({
    sentence: 'The address to listen on. Development listens on loopback only.',
    expected: 'an IP address or a host name',
    example: '0.0.0.0',
    default: '127.0.0.1',
    parse: (text) =>
      isIP(text) !== 0 || /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(text) ? text : undefined,
  }),
  PORT: setting({
    sentence: 'The port to listen on; 0 takes a free one.',
    expected: 'a whole number from 0 to 65535',
    example: '3000',
    default: '3000',
    parse: wholeNumber(0, 65_535),
  }),
  PUBLIC_URL: setting({
    sentence:
      'Where callers reach the server; every link and the issuer of tokens come from it, never from a request.',
    expected: 'an http or https URL without query or fragment; https unless it is loopback',
    example: 'https://otp.example.com',
    default: null,
    defaultNote: '`http://HOST:PORT`, with the port that was taken',
    parse: publicUrl,
  }),
  DATABASE_URL: setting({
    sentence:
      'The PostgreSQL to use, version 15 or later. Without it the server runs its own in WATCHWORD_DATA.',
    expected: 'a postgres:// URL; characters such as @ and / in its password are written %40 and %2F',
    example: 'postgres://watchword:password@db.example.com:5432/watchword',
    default: null,
    isSecret: true,
    parse: databaseUrl,
  }),
  DATABASE_CONNECTIONS: setting({
    sentence:
      'How many connections to PostgreSQL a node may open, besides six for its batches of sends and checks.',
    expected: 'a whole number from 4 to 200',
    example: '20',
    default: '10',
    parse: wholeNumber(4, 200),
  }),
  WATCHWORD_SECRET: setting({
    sentence: 'The master secret from which all keys are derived. Every node has the same one.',
    expected: `at least ${secretBytesMin} bytes that nobody can guess`,
    example: '$(openssl rand -base64 48)',
    default: null,
    defaultNote: 'none; development makes one and keeps it in `WATCHWORD_DATA/secret`',
    isSecret: true,
    parse: secretOf(secretBytesMin),
  }),
  WATCHWORD_SECRET_PREVIOUS: setting({
    sentence:
      'The previous master secret: what was made with it is still accepted, but nothing new is made with it.',
    expected: `the former WATCHWORD_SECRET, at least ${secretBytesMin} bytes`,
    example: '(the former WATCHWORD_SECRET)',
    default: null,
    isSecret: true,
    parse: secretOf(secretBytesMin),
  }),
  WATCHWORD_DATA: setting({
    sentence: 'The directory for the embedded PostgreSQL and for what development keeps.',
    expected: 'a path',
    example: '/var/lib/watchword',
    default: '.watchword',
    parse: (text) => (text.includes('\0') ? undefined : text),
  }),
  WATCHWORD_CONFIG: setting({
    sentence: 'A YAML file with mounts and routes; see below.',
    expected: 'the path of a file',
    example: '/etc/watchword.yaml',
    default: null,
    parse: (text) => (text.includes('\0') ? undefined : text),
  }),
  WATCHWORD_ADMIN_TOKEN: setting({
    sentence:
      'Opens the admin API and /metrics. Without it they are closed, except /metrics where only this machine calls.',
    expected: `at least ${secretBytesMin} bytes that nobody can guess`,
    example: '$(openssl rand -hex 32)',
    default: null,
    isSecret: true,
    parse: secretOf(secretBytesMin),
  }),
  LOG_LEVEL: setting({
    sentence: 'The lowest level that is logged.',
    expected: `one of ${logLevels.join(', ')}`,
    example: 'debug',
    default: 'info',
    parse: oneOf(logLevels),
  }),
  TRUST_PROXY: setting({
    sentence:
      'How many reverse proxies of your own are in front, each appending to X-Forwarded-For, or the networks that they are in; 0 ignores the header.',
    expected:
      'a whole number from 0 to 10, or CIDR blocks or addresses with commas between them, at least /8, of IPv6 /7',
    example: '1',
    default: '0',
    parse: (text) => wholeNumber(0, 10)(text) ?? ownNetworks(text),
  }),
  DRAIN_SECONDS: setting({
    sentence:
      'How long a node that is asked to end still serves, with /readyz at 503, until nobody sends requests to it any more.',
    expected: 'a whole number from 0 to 300',
    example: '10',
    default: '0',
    parse: wholeNumber(0, 300),
  }),
  SMTP_URL: setting({
    sentence:
      'The mail server. smtps:// is TLS from the first byte; smtp:// switches to TLS before anything is sent, except on the same machine.',
    expected:
      'an smtp:// or smtps:// URL without a query; characters such as @ and / in its password are written %40 and %2F',
    example: 'smtps://user:password@mail.example.com:465',
    default: null,
    isSecret: true,
    parse: urlOf(['smtp:', 'smtps:']),
  }),
  SMTP_ALLOW_PLAINTEXT: setting({
    sentence: 'Lets mail, and the password of SMTP_URL, travel unencrypted to a server that has no TLS.',
    expected: 'true or false',
    example: 'true',
    default: 'false',
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  }),
  SMTP_CA: setting({
    sentence: "The certificate of the mail server's authority, if it is not a public one.",
    expected: 'a certificate in PEM format; SMTP_CA_FILE takes its path',
    example: '-----BEGIN CERTIFICATE-----…',
    default: null,
    parse: (text) => (text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined),
  }),
  SMTP_EHLO_NAME: setting({
    sentence:
      'Who the server says it is to the mail server (EHLO); the host of PUBLIC_URL, or the domain of MAIL_FROM, unless set.',
    expected: 'a host name with a dot, or an address in brackets',
    example: 'otp.example.com',
    default: null,
    parse: (text) => (/^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|\[[0-9A-Fa-f:.]+\])$/.test(text) ? text : undefined),
  }),
  SMTP_CONNECTIONS: setting({
    sentence:
      'The most connections to the mail server at a time, one for each mail under way; 10 unless set.',
    expected: 'a whole number from 1 to 1000',
    example: '50',
    default: null,
    parse: wholeNumber(1, 1_000),
  }),
  MAIL_FROM: setting({
    sentence: 'The sender of mail; needed with SMTP_URL.',
    expected: 'one address, with or without a name',
    example: 'Example <codes@example.com>',
    default: null,
    parse: (text) =>
      /^(("([^"\\\r\n]|\\[^\r\n])*" *|[^<>\r\n,;"]*)<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/.test(
        text,
      )
        ? text
        : undefined,
  }),
  SMS_WEBHOOK_URL: setting({
    sentence: 'The gateway that sends SMS.',
    expected: 'an http or https URL',
    example: 'https://gateway.example.com/sms',
    default: null,
    isSecret: true,
    parse: urlOf(['http:', 'https:']),
  }),
  WHATSAPP_WEBHOOK_URL: setting({
    sentence: 'The gateway that sends WhatsApp messages.',
    expected: 'an http or https URL',
    example: 'https://gateway.example.com/whatsapp',
    default: null,
    isSecret: true,
    parse: urlOf(['http:', 'https:']),
  }),
  WEBHOOK_PRIVATE_NETWORKS: setting({
    sentence:
      'Private networks in which webhooks may be called, also over plain http. All other webhooks must be on the internet, over https.',
    expected: 'CIDR blocks or addresses, with commas between them',
    example: '10.0.0.0/8,fd00::/8',
    default: null,
    defaultNote: 'none; in development this machine',
    parse: networks,
  }),
  RETENTION_RECORD_DAYS: setting({
    sentence: 'How many days codes and messages are kept as records, with their addresses.',
    expected: 'a whole number from 2 to 3650',
    example: '30',
    default: '90',
    parse: wholeNumber(2, 3_650),
  }),
  RETENTION_EVENT_DAYS: setting({
    sentence: 'How many days events are kept for the audit.',
    expected: 'a whole number from 31 to 3650',
    example: '730',
    default: '400',
    parse: wholeNumber(31, 3_650),
  }),
  OPEN_ID_ISSUER: setting({
    sentence:
      "The operators' own provider of OpenID Connect, by which they may sign in to the console; see operators.md.",
    expected: 'the https URL of the issuer, or an http one on this machine, without query or fragment',
    example: 'https://login.example.com',
    default: null,
    parse: publicUrl,
  }),
  OPEN_ID_CLIENT_ID: setting({
    sentence: 'What the provider calls this server.',
    expected: 'a text of 1 to 500 characters',
    example: 'watchword',
    default: null,
    parse: (text) => (text.length <= 500 ? text : undefined),
  }),
  OPEN_ID_CLIENT_SECRET: setting({
    sentence: 'The secret that the provider has given this server.',
    expected: 'a text',
    example: '(from the provider)',
    default: null,
    isSecret: true,
    parse: secretOf(1),
  }),
  OPEN_ID_NAME: setting({
    sentence: 'What the page for signing in calls the provider.',
    expected: 'a text of 1 to 100 characters',
    example: 'Example Ltd',
    default: 'OpenID Connect',
    parse: (text) => (text.length <= 100 ? text : undefined),
  }),
  TOKEN_ALGORITHM: setting({
    sentence:
      'What signs access tokens: EdDSA, which anyone can verify with the public keys, or HS256, which only the server can.',
    expected: `one of ${tokenAlgorithms.join(', ')}`,
    example: 'HS256',
    default: 'EdDSA',
    parse: oneOf(tokenAlgorithms),
  }),
} as const

export type SettingName = keyof typeof settings

type Parsed<Name extends SettingName> = Exclude<ReturnType<(typeof settings)[Name]['parse']>, undefined>

/** A setting that has a default is never null. */
export type Values = {
  [Name in SettingName]: Parsed<Name> | ((typeof settings)[Name]['default'] extends string ? never : null)
}

function wholeNumber(min: number, max: number) {
  return (text: string): number | undefined => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : undefined
  }
}

function oneOf<const Word extends string>(words: readonly Word[]) {
  return (text: string): Word | undefined => words.find((word) => word.toLowerCase() === text.toLowerCase())
}

/** A network by its parts. */
export type Network = { address: string; prefix: number; family: 'ipv4' | 'ipv6' }

function networks(text: string): Network[] | undefined {
  const read = text.split(',').map((part): Network | null => {
    const [address = '', bits, ...others] = part.trim().split('/')
    const family = isIP(address)
    const bitsMax = family === 4 ? 32 : 128
    const prefix = bits === undefined ? bitsMax : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (family === 0 || others.length > 0 || address.includes('%') || !(prefix <= bitsMax)) return null
    return { address, prefix, family: family === 4 ? 'ipv4' : 'ipv6' }
  })
  return read.every((network) => network !== null) ? read : undefined
}

/** In a wider block than 10.0.0.0/8 or fc00::/7 anybody may be, who could then choose the address that he counts as. */
function ownNetworks(text: string): Network[] | undefined {
  const isOwn = ({ prefix, family }: Network) => prefix >= (family === 'ipv4' ? 8 : 7)
  const read = networks(text)
  return read?.every(isOwn) ? read : undefined
}

function secretOf(bytesMin: number) {
  return (text: string): Secret | undefined =>
    Buffer.byteLength(text) >= bytesMin ? new Secret(text) : undefined
}

/** Kept as a secret, because such URLs hold passwords and tokens of gateways. */
function urlOf(protocols: readonly string[]) {
  return (text: string): Secret | undefined =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) ? new Secret(text) : undefined
}

/** As PostgreSQL's own programs read it, with or without a host: `postgres:///name?host=/run/postgresql` is a socket. */
function databaseUrl(text: string): Secret | undefined {
  return /^postgres(ql)?:\/\/[^\s]+$/.test(text) ? new Secret(text) : undefined
}

function publicUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, href, search, hash, username } = new URL(text)
  if (!['http:', 'https:'].includes(protocol) || search !== '' || hash !== '' || username !== '')
    return undefined
  return href.replace(/\/+$/, '')
}
