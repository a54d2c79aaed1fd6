import type { Channel } from '../domain/address.ts'
import type { FileKey, MountOption } from '../domain/mount-option.ts'
import type { Purpose } from '../domain/purpose.ts'
import { originsKey } from './read-origins.ts'
import { sessionsKey } from './read-session-life.ts'

/** What the YAML file may hold besides mounts: one sentence, what is expected, and an example of each key. */
export const fileKeys = {
  carriers: {
    sentence: 'Carriers under names that you choose, each with its kind and the settings of that kind.',
    expected: 'carriers, each with a kind and its settings',
    example: 'carriers: {mailgun: {kind: mailgun-email, domain: mg.example.com}}',
    default: 'only those of the environment',
  },
  routes: {
    sentence:
      'The carriers of each channel, in the order in which they are tried; a carrier may be limited to countries and number prefixes, and neighbours with weights share the messages.',
    expected:
      'email, sms, whatsapp and voice, each with a list of names from carriers, or of smtp, webhook, inbox; or of {carrier, to, weight}',
    example: 'routes: {email: [smtp], sms: [webhook]}',
    default: 'every carrier that is configured; in development the inbox if there is none',
  },
  prices: {
    sentence:
      'What one message (one piece of a long SMS) costs with a carrier: everywhere, or by country and number prefix, with `other` for the rest.',
    expected: 'names of carriers, each with an amount or with amounts by destination',
    example: 'prices: {twilio: {CI: 0.0795, other: 0.05}}',
    default: 'none: what has no price costs nothing',
  },
  currency: {
    sentence: 'The currency of `prices`, and of what projects may spend.',
    expected: 'three capital letters',
    example: 'currency: EUR',
    default: 'EUR',
  },
} as const satisfies Record<string, FileKey>

/** What the configuration must know about a dialect. */
export type DialectShape = {
  name: string
  channels: readonly Channel[]
  purposes: readonly Pick<Purpose, 'use'>[]
  /** Where callers name their project; null for a dialect whose mount must name it. */
  projectNamedIn: string | null
  mountOptions?: Readonly<Record<string, MountOption>>
}

/** The keys of the YAML file, with the names of the available dialects. */
export const fileKeysOf = (dialects: readonly DialectShape[]) => ({
  mounts: {
    sentence: 'Which API answers under which path, and for which project.',
    expected: 'a list of mounts',
    example: `mounts: [{dialect: ${dialects[0]?.name}}]`,
    default: `development mounts every API; production mounts ${keyedOf(dialects).map(quote).join(', ') || 'none'}`,
  },
  ...fileKeys,
})

/** The dialects whose callers name their project. */
const keyedOf = (dialects: readonly DialectShape[]): string[] =>
  dialects.filter(({ projectNamedIn }) => projectNamedIn !== null).map(({ name }) => name)

/** The keys of a mount, with the names of the available dialects, and the keys that some of these add. */
export function mountKeysOf(dialects: readonly DialectShape[]) {
  const names = dialects.map(({ name }) => name)
  const keyless = dialects.filter(({ projectNamedIn }) => projectNamedIn === null)
  const keyed = keyedOf(dialects)
  const exception =
    keyed.length === 0 ? '' : `; ${keyed.map(quote).join(', ')} has none, because its callers name theirs`
  return {
    dialect: {
      sentence: 'Which of the APIs.',
      expected: `one of ${names.join(', ')}`,
      example: `dialect: ${keyless[0]?.name ?? names[0]}`,
      default: 'none',
    },
    project: {
      sentence: `The project that its requests belong to${exception}.`,
      expected: `the id of a project${keyed.length === 0 ? '' : `, and none for ${keyed.join(', ')}`}`,
      example: 'project: PRJ_abc123def456',
      default: 'the only project there is',
    },
    prefix: {
      sentence: 'The prefix of its paths.',
      expected: 'a path such as /shop that no other mount of this dialect has',
      example: 'prefix: /shop',
      default: 'empty',
    },
    origins: originsKey,
    sessions: sessionsKey,
    ...Object.fromEntries(optionsOf(dialects).flatMap(({ option }) => Object.entries(option.keys))),
  } satisfies Record<string, FileKey>
}

const quote = (name: string): string => `\`${name}\``

/** Every option that some dialect adds to its mounts. */
export const optionsOf = (dialects: readonly DialectShape[]) =>
  dialects.flatMap(({ name: dialect, mountOptions = {} }) =>
    Object.entries(mountOptions).map(([name, option]) => ({ dialect, name, option })),
  )
