import type { Config } from '../config/config.ts'
import type { Mistake } from '../config/mistake.ts'
import { type CarrierConfig, readCarriers } from '../config/read-carriers.ts'
import type { Environment } from '../config/read-variable.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'
import type { Issue } from '../domain/issue.ts'
import { Secret } from '../domain/secret.ts'
import { createReceiptWords } from '../engine/operations/receipt-words.ts'
import type { CarrierSettings, CarrierTools } from '../engine/ports/carriers.ts'
import { environmentReaders, openReader, receiptUrlOf } from './create-receipts.ts'
import { carrierKindsWith, kindShapes } from './read-config.ts'

type Schema = { secret?: boolean; properties?: Record<string, Schema> }

const silent = { error: () => {} }

/** What managing carriers needs to know of the kinds that this server has. `env` is what `${NAME}` stands for; a server that listens knows `PUBLIC_URL` in full. */
export function createCarrierTools(
  {
    publicUrl,
    secret,
    secretPrevious,
    mode,
  }: Pick<Config, 'publicUrl' | 'secret' | 'secretPrevious' | 'mode'>,
  { env = {}, readPublicUrl = () => publicUrl }: { env?: Environment; readPublicUrl?: () => string } = {},
): CarrierTools {
  const words = createReceiptWords({ current: secret, previous: secretPrevious })
  return {
    read({ name, kind, settings, isNew = false }) {
      const { carrier, issues } = readCarrier({ name, kind, settings, env, isNew })
      if (carrier === null) return { ok: false, issues }
      if (carrier.isForDevelopment && mode === 'production')
        return {
          ok: false,
          issues: [{ path: `${name}.kind`, message: 'delivers to nobody; take another kind.' }],
        }
      // Only what was given: defaults are those of the server that reads it.
      const given = Object.entries(plainOf(carrier.settings)).filter(([key]) => Object.hasOwn(settings, key))
      return { ok: true, kind: carrier.kind, channels: carrier.channels, settings: Object.fromEntries(given) }
    },

    mask(kind, settings) {
      const schema = carrierKinds.find((known) => known.kind === kind)?.settings
      return schema === undefined ? {} : maskAll(settings, schema as Schema)
    },

    receiptUrl({ name, kind, settings }) {
      const reader =
        kind === null
          ? environmentReaders[name]
          : readerOf(kind, readCarrier({ name, kind, settings: plainOf(settings) }))
      return reader == null
        ? null
        : receiptUrlOf({ publicUrl: readPublicUrl(), name, reader, word: words.wordOf(name) })
    },
  }
}

const readerOf = (kind: string, { carrier }: ReturnType<typeof readCarrier>) =>
  carrier === null ? null : openReader(kind, carrier.settings, silent)

/**
 * Reads one carrier as one of the file is read. A new one is made as well, to see whether its settings go together; not
 * at every look at it, for some kinds begin to connect.
 */
export function readCarrier({
  name,
  kind,
  settings,
  env = {},
  isNew = false,
}: {
  name: string
  kind: unknown
  settings: CarrierSettings
  env?: Environment
  isNew?: boolean
}): { carrier: CarrierConfig | null; issues: Issue[] } {
  const issues: Issue[] = []
  const report = (mistake: Mistake) => void issues.push(toIssue(mistake))
  const carriers = readCarriers(
    { [name]: { ...settings, kind } },
    { kinds: isNew ? kindShapes() : carrierKindsWith(), env, report },
  )
  // By its own members only: `constructor` is a name like any other.
  return { carrier: Object.hasOwn(carriers, name) ? (carriers[name] ?? null) : null, issues }
}

const toIssue = ({ where, read, expected, remedy }: Mistake): Issue => ({
  path: where.replace(/^carriers\./, ''),
  message: `read ${read ?? 'nothing'}, expected ${expected}. ${remedy}`,
})

/** Settings as they can be written down. */
function plainOf(settings: CarrierSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, plainValueOf(value)]))
}

const plainValueOf = (value: unknown): unknown => {
  if (value instanceof Secret) return value.reveal()
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? plainOf(value as CarrierSettings)
    : value
}

function maskAll(settings: CarrierSettings, { properties = {} }: Schema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      maskOne(value, properties[key] ?? { secret: true }),
    ]),
  )
}

function maskOne(value: unknown, schema: Schema): unknown {
  if (schema.properties !== undefined && typeof value === 'object' && value !== null)
    return maskAll(value as CarrierSettings, schema)
  if (schema.secret !== true) return value
  const text = String(value).trim()
  // Of a short one four signs would be half of it.
  return text.length >= 16 ? `…${text.slice(-4)}` : '…'
}
