import Type, { type Static, type TObject } from 'typebox'
import type { Channel } from '../../domain/address.ts'
import { messageLocales } from '../../domain/locale.ts'
import { Secret } from '../../domain/secret.ts'
import type { Carrier, CarrierParts } from '../carrier.ts'
import type { ReceiptReader } from '../receipts/receipt-reader.ts'

/**
 * One kind of carrier: what it serves, what it must be told, and how one is made. Each is a file, and a line in
 * `carriers/index.ts`; the configuration, its documentation and the contract test take everything else from here.
 */
export type CarrierKind<Settings extends TObject = TObject> = {
  /** How the configuration names it: `twilio-sms`. */
  kind: string
  channels: readonly Channel[]
  /** The channels that a carrier with these settings serves, where they are not all. */
  channelsOf?(settings: Static<Settings>): readonly Channel[]
  /** Every property has a description, what is expected and an example; those that are secret say so. */
  settings: Settings
  guide: CarrierGuide
  /** How what became of a message is heard of; absent where the provider tells nobody. */
  receipts?: {
    /** What has to be done for it, one sentence each. */
    setup: readonly string[]
    /** By what a report is believed. */
    checked: string
    /** Reads what comes over HTTP; absent where reports come over the carrier's own connection. */
    open?(settings: Static<Settings>, parts: Pick<CarrierParts, 'log'>): ReceiptReader
  }
  /** It delivers to nobody, so production refuses it. */
  isForDevelopment?: boolean
  create(settings: Static<Settings>, parts: CarrierParts): Carrier
}

/** What stands in `docs/carriers.md` beside the settings. */
export type CarrierGuide = {
  title: string
  /** What to do at the provider before the first message, one sentence each. */
  setup: readonly string[]
  /** When a message that was accepted counts as delivered. */
  delivered: string
  /** The document of the provider that it follows. */
  source: string | null
}

/** Keeps the type of the settings, so that `create` knows them, and tells each carrier which of them are secret. */
export const defineCarrierKind = <Settings extends TObject>(
  kind: CarrierKind<Settings>,
): CarrierKind<Settings> => ({
  ...kind,
  create: (settings, parts) => kind.create(settings, { ...parts, secrets: secretsOf(settings) }),
})

const secretsOf = (settings: object): string[] =>
  Object.values(settings).flatMap((value: unknown) => (value instanceof Secret ? [value.reveal()] : []))

/** What every setting says of itself. */
export type SettingNotes = {
  description: string
  /** What is taken, in words. */
  expected: string
  /** As it is written in YAML, so with quotes where a number would be read. */
  example: string
}

/** A text. Without a pattern of its own it is one line. */
export const text = <Options extends SettingNotes & { pattern?: string; default?: string }>(
  options: Options,
) => Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]{1,500}$', ...options })

/**
 * A text that is shown nowhere. Without a pattern of its own it is visible ASCII, for what goes into a header must not
 * be able to end it. `variable` is what it might be called in the environment.
 */
export const secret = ({
  variable,
  pattern = '^[\\x21-\\x7e]{1,4000}$',
  ...notes
}: Omit<SettingNotes, 'example'> & { variable: string; pattern?: string }) =>
  Type.Unsafe<Secret>({ type: 'string', pattern, ...notes, example: `\${${variable}}`, secret: true })

/** One of a few words. */
export const choice = <const Word extends string>(
  words: readonly Word[],
  options: Omit<SettingNotes, 'expected'> & { default?: NoInfer<Word> },
) => Type.Unsafe<Word>({ type: 'string', enum: words, expected: `one of ${words.join(', ')}`, ...options })

/** True or false. */
export const flag = (options: Omit<SettingNotes, 'expected'> & { default: boolean }) =>
  Type.Boolean({ expected: 'true or false', ...options })

/**
 * A text for each language that differs from the usual one: `{fr: …}`. `each` says what is taken for one; `more` are keys
 * beside those of the languages that messages are written in.
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

/** Where the provider is reached. Codes travel encrypted, so plain http is for this very machine only. */
export const baseUrl = (usual: string) =>
  Type.String({
    description: 'Where the API is reached: another region, or a proxy of yours.',
    expected: 'an https URL without query; http on this machine only',
    example: usual,
    pattern: '^(https://[^\\s/?#@]+|http://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?)(/[^\\s?#]*)?$',
    default: usual,
  })

/** The sender of mail. */
export const mailSender = () =>
  text({
    description: 'The sender of the mail.',
    expected: 'one address, with or without a name',
    example: 'Example <codes@example.com>',
    pattern: '^([^<>\\r\\n,;]*<[^\\s<>@,;]+@[^\\s<>@,;]+>|[^\\s<>@,;]+@[^\\s<>@,;]+)$',
  })
