import Type, { type Static, type TObject } from 'typebox'
import type { Channel } from '../../domain/address.ts'
import { messageLocales } from '../../domain/locale.ts'
import { Secret } from '../../domain/secret.ts'
import type { Carrier, CarrierParts } from '../carrier.ts'
import type { ReceiptReader } from '../receipts/receipt-reader.ts'

/**
 * One kind of carrier: what it serves, its settings, and how to create one. Each is a file and a line in
 * `kinds/index.ts`; the configuration, its documentation and the contract test take everything else from here.
 */
export type CarrierKind<Settings extends TObject = TObject> = {
  /** Its name in the configuration, such as `twilio-sms`. */
  kind: string
  channels: readonly Channel[]
  /** The channels that a carrier with these settings serves, if not all. */
  channelsOf?(settings: Static<Settings>): readonly Channel[]
  /** Every property has a description, what is expected and an example; secret ones are marked. */
  settings: Settings
  guide: CarrierGuide
  /** How delivery reports arrive; absent where the provider sends none. */
  receipts?: {
    /** What the operator has to do, one sentence each. */
    setup: readonly string[]
    /** What proves that a report is genuine. */
    checked: string
    /** Reads reports over HTTP; absent where they come over the carrier's own connection. */
    open?(settings: Static<Settings>, parts: Pick<CarrierParts, 'log'>): ReceiptReader
  }
  /** It delivers to nobody, so production refuses it. */
  isForDevelopment?: boolean
  create(settings: Static<Settings>, parts: CarrierParts): Carrier
}

/** What `docs/carriers.md` says besides the settings. */
export type CarrierGuide = {
  title: string
  /** What to do at the provider before the first message, one sentence each. */
  setup: readonly string[]
  /** When an accepted message counts as delivered. */
  delivered: string
  /** The provider's document that it follows. */
  source: string | null
}

/** Keeps the type of the settings for `create`, and gives each carrier its list of secrets. */
export const defineCarrierKind = <Settings extends TObject>(
  kind: CarrierKind<Settings>,
): CarrierKind<Settings> => ({
  ...kind,
  create: (settings, parts) => kind.create(settings, { ...parts, secrets: secretsOf(settings) }),
})

const secretsOf = (settings: object): string[] =>
  Object.values(settings).flatMap((value: unknown) => (value instanceof Secret ? [value.reveal()] : []))

/** The documentation of every setting. */
export type SettingNotes = {
  description: string
  /** What is accepted, in words. */
  expected: string
  /** As written in YAML, so with quotes where YAML would read a number. */
  example: string
}

/** A text. Without a pattern of its own it is one line. */
export const text = <Options extends SettingNotes & { pattern?: string; default?: string }>(
  options: Options,
) => Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]{1,500}$', ...options })

/**
 * A text that is shown nowhere. Without a pattern of its own it is visible ASCII, because a value in a header must not
 * be able to end the header. `variable` is a possible name in the environment.
 */
export const secret = ({
  variable,
  pattern = '^[\\x21-\\x7e]{1,4000}$',
  ...notes
}: Omit<SettingNotes, 'example'> & { variable: string; pattern?: string }) =>
  Type.Unsafe<Secret>({ type: 'string', pattern, ...notes, example: `\${${variable}}`, secret: true })

/** One of a few words. */
export const choice = <const Value extends string>(
  values: readonly Value[],
  options: Omit<SettingNotes, 'expected'> & { default?: NoInfer<Value> },
) => Type.Unsafe<Value>({ type: 'string', enum: values, expected: `one of ${values.join(', ')}`, ...options })

/** A whole number. */
export const count = (options: SettingNotes & { minimum: number; maximum: number; default?: number }) =>
  Type.Integer(options)

/** How many messages a carrier gets at a time, each over a connection of its own. */
export const connectionsMax = (usual: number) =>
  Type.Optional(
    count({
      description: `The most connections at a time, one for each message under way; ${usual} unless set.`,
      expected: 'a whole number from 1 to 1000',
      example: '50',
      minimum: 1,
      maximum: 1000,
    }),
  )

/** True or false. */
export const flag = (options: Omit<SettingNotes, 'expected'> & { default: boolean }) =>
  Type.Boolean({ expected: 'true or false', ...options })

/**
 * A text for each language that differs from the default: `{fr: …}`. `each` describes one value; `more` are keys besides
 * the languages that messages are written in.
 */
export const textByLocale = (
  notes: SettingNotes,
  each: Omit<SettingNotes, 'description'> & { pattern: string },
  { more = [] }: { more?: readonly string[] } = {},
) =>
  Type.Unsafe<Partial<Readonly<Record<string, string>>>>({
    type: 'object',
    isMap: true,
    properties: Object.fromEntries(
      [...more, ...messageLocales].map((key) => [key, { type: 'string', ...each }]),
    ),
    ...notes,
  })

/** Where the provider is reached. Codes must be encrypted in transit, so plain http is for this machine only. */
export const baseUrl = (defaultUrl: string) =>
  Type.String({
    description: 'The URL of the API, for another region or a proxy of yours.',
    expected: 'an https URL without query; http on this machine only',
    example: defaultUrl,
    pattern: '^(https://[^\\s/?#@]+|http://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?)(/[^\\s?#]*)?$',
    default: defaultUrl,
  })

/** The sender of mail. */
export const mailSender = () =>
  text({
    description: 'The sender of the mail.',
    expected: 'one address, with or without a name',
    example: 'Example <codes@example.com>',
    // A name in quotes may hold a comma (RFC 5322 section 3.2.4).
    pattern:
      '^(("([^"\\\\\\r\\n]|\\\\[^\\r\\n])*" *|[^<>\\r\\n,;"]*)<[^\\s<>@,;]+@[^\\s<>@,;]+>|[^\\s<>@,;]+@[^\\s<>@,;]+)$',
  })
