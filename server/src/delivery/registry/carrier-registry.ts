import type { Channel } from '../../domain/address.ts'
import type { CarrierChannels } from '../../domain/route.ts'
import { goneKeyFault, hiddenFault, openSettings, resealed } from '../../engine/operations/manage-carriers.ts'
import type { Sealer } from '../../engine/operations/sealing.ts'
import type {
  CarrierStore,
  CheckedCarrier,
  ConfiguredCarrier,
  StoredCarrier,
} from '../../engine/ports/carriers.ts'
import type { Carrier, CarrierParts } from '../carrier.ts'
import type { ReceiptReader } from '../receipts/receipt-reader.ts'
import { type KindSettings, resolveNothing } from './carrier-settings.ts'

/*
 * Every carrier by its name, wherever it was set up. File, environment and database are three sources of one map, and
 * only `takeOver` decides between them: a carrier of the configuration replaces a stored one of the same name, so that
 * a request cannot override a file under version control. File and environment cannot conflict, because the file may
 * not use the names of the environment.
 */

/** What is known about one carrier. */
export type CarrierEntry = {
  source: ConfiguredCarrier['source'] | 'stored'
  /** Set for a broken carrier too, because a route that names it is not wrong. */
  channels: readonly Channel[]
  /** Null where its provider reports nothing over HTTP. */
  reader: ReceiptReader | null
  /** Creates it on first use. Null for a broken carrier, which the log has reported. */
  carrier(): Carrier | null
}

export type CarrierRegistry = {
  find(name: string): CarrierEntry | undefined
  /** Undefined where there is no such carrier, or not for this channel. */
  carrierNamed(name: string, channel: Channel): Carrier | undefined
  channels(): CarrierChannels
  /** The names of the carriers in the database. */
  storedNames(): string[]
  /** Applies changes in the database. A started registry does so every two seconds. */
  refresh(): Promise<void>
  /**
   * Creates all carriers, now and after every change, so that an SMSC is connected before the first message. Before
   * that, a carrier is created on first use: a command that sends by one carrier connects to no other.
   */
  start(): void
  /** Closes all carriers. */
  stop(): Promise<void>
}

export type CarrierRegistryParts = {
  kinds: KindSettings
  configured: Readonly<Record<string, ConfiguredCarrier>>
  store: Pick<CarrierStore, 'list' | 'reseal'>
  sealer: Sealer
  /** What a carrier is given besides its settings. */
  partsOf: (name: string, reader: ReceiptReader | null) => CarrierParts
  log: CarrierParts['log'] & { info: (fields: object, message: string) => void }
  onFault: (fault: unknown) => void
  everyMilliseconds?: number
  /** How long a replaced carrier may take to finish its messages. */
  drainMilliseconds?: number
}

/** Puts the carriers of the configuration into the map; `refresh` adds those of the database. */
export function createCarrierRegistry(parts: CarrierRegistryParts): CarrierRegistry {
  const { configured, store, sealer, log, onFault } = parts
  const { everyMilliseconds = 2_000, drainMilliseconds = 15_000 } = parts
  const opener = createOpener(parts)
  const entries = new Map<string, CarrierEntry>()
  /** The time of change of each applied row, by name. */
  const versions = new Map<string, number>()
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> = Promise.resolve()

  function takeOver(stored: StoredCarrier): void {
    const { name } = stored
    if (Object.hasOwn(configured, name)) {
      opener.reportBroken(name, hiddenFault)
      return
    }
    retire(name)
    const entry = opener.readStored(stored)
    entries.set(name, entry)
    if (timer !== null) entry.carrier()
  }

  /** Closes a carrier after its messages have had time to finish. */
  function retire(name: string): void {
    const entry = entries.get(name)
    if (entry?.source !== 'stored') return
    entries.delete(name)
    setTimeout(() => void opener.close(entry), drainMilliseconds).unref()
  }

  async function refresh(): Promise<void> {
    const rows = await store.list()
    for (const name of [...versions.keys()].filter((name) => !rows.some((row) => row.name === name))) {
      versions.delete(name)
      retire(name)
      log.info({ carrier: name }, 'carrier.removed')
    }
    for (const row of rows) {
      // Encrypting the settings again does not change this time.
      if (versions.get(row.name) !== row.updatedAt.getTime()) {
        versions.set(row.name, row.updatedAt.getTime())
        takeOver(row)
        log.info({ carrier: row.name, kind: row.kind }, 'carrier.set')
      }
      const anew = resealed(row, sealer)
      if (anew !== null) await store.reseal(row.name, row.sealed, anew)
    }
  }

  const refreshInTurn = (): Promise<void> => {
    const turn = working.then(refresh)
    working = turn.catch(() => {})
    return turn
  }

  for (const [name, carrier] of Object.entries(configured))
    entries.set(name, opener.createEntry(name, carrier.source, carrier))

  return {
    find: (name) => entries.get(name),
    carrierNamed(name, channel) {
      const entry = entries.get(name)
      return entry?.channels.includes(channel) ? (entry.carrier() ?? undefined) : undefined
    },
    channels: () => Object.fromEntries([...entries].map(([name, { channels }]) => [name, channels])),
    storedNames: () => [...entries].flatMap(([name, { source }]) => (source === 'stored' ? name : [])),
    refresh: refreshInTurn,
    start() {
      timer ??= setInterval(() => void refreshInTurn().catch(onFault), everyMilliseconds)
      timer.unref()
      for (const entry of entries.values()) entry.carrier()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await working
      await opener.closeAll()
    },
  }
}

/** Creates entries, and closes what was opened for them. */
function createOpener({ kinds, sealer, partsOf, log }: CarrierRegistryParts) {
  const open = new Map<CarrierEntry, Carrier>()

  function reportBroken(name: string, fault: string): void {
    log.error({ carrier: name, fault }, 'carrier.broken')
  }

  function createEntry(name: string, source: CarrierEntry['source'], checked: CheckedCarrier): CarrierEntry {
    const kind = kinds.kindOf(checked.kind)
    const reader = kinds.openReader(checked, log)
    let isBroken = kind === undefined
    const entry: CarrierEntry = {
      source,
      channels: checked.channels,
      reader,
      carrier() {
        const made = open.get(entry)
        if (made !== undefined || kind === undefined || isBroken) return made ?? null
        try {
          const carrier = kind.create(checked.settings, partsOf(name, reader))
          open.set(entry, carrier)
          return carrier
        } catch (error) {
          isBroken = true
          reportBroken(name, String(Object(error).message))
          return null
        }
      },
    }
    return entry
  }

  /** A carrier that cannot be read must not block the others. */
  function readStored(stored: StoredCarrier): CarrierEntry {
    try {
      const checked = checkStored(stored, { kinds, sealer })
      if (typeof checked !== 'string') return createEntry(stored.name, 'stored', checked)
      reportBroken(stored.name, checked)
    } catch (error) {
      reportBroken(stored.name, String(Object(error).message))
    }
    return {
      source: 'stored',
      channels: kinds.kindOf(stored.kind)?.channels ?? [],
      reader: null,
      carrier: () => null,
    }
  }

  async function close(entry: CarrierEntry): Promise<void> {
    const carrier = open.get(entry)
    open.delete(entry)
    await carrier?.close?.()
  }

  return {
    createEntry,
    readStored,
    reportBroken,
    close,
    closeAll: async () => void (await Promise.all([...open.keys()].map(close))),
  }
}

/** A stored carrier, or why it is broken. */
function checkStored(
  stored: StoredCarrier,
  { kinds, sealer }: Pick<CarrierRegistryParts, 'kinds' | 'sealer'>,
): CheckedCarrier | string {
  const settings = openSettings(stored, sealer)
  if (settings === null) return goneKeyFault
  const places: string[] = []
  const checked = kinds.readCarrier(
    { ...settings, kind: stored.kind },
    { where: stored.name, resolve: resolveNothing, report: ({ where }) => places.push(where) },
  )
  return checked ?? places.join(', ')
}
