import type { Carrier, CarrierParts } from '../delivery/carrier.ts'
import type { CarrierKind } from '../delivery/kinds/carrier-kind.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'
import type { ReceiptReader } from '../delivery/receipts/receipt-reader.ts'
import type { CarrierChannels } from '../domain/route.ts'
import { goneKeyFault, openSettings, resealed } from '../engine/operations/manage-carriers.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { CarrierStore, StoredCarrier } from '../engine/ports/carriers.ts'
import { readCarrier } from './carrier-tools.ts'
import { openReader } from './create-receipts.ts'

/** The carriers of the database as this node has them. */
export type StoredCarriers = {
  find(name: string): Carrier | undefined
  readerOf(name: string): ReceiptReader | undefined
  /** With those that are broken, for routes that name them are not wrong. */
  channels(): CarrierChannels
  /** Takes over what has changed; `start` does so every two seconds. */
  refresh(): Promise<void>
  start(): void
  stop(): Promise<void>
}

export type StoredCarriersParts = {
  store: Pick<CarrierStore, 'list' | 'reseal'>
  sealer: Sealer
  /** Names of file and environment, which win. */
  isConfigured: (name: string) => boolean
  partsOf: (name: string, reader: ReceiptReader | null) => CarrierParts
  log: CarrierParts['log'] & { info: (fields: object, message: string) => void }
  onFault: (fault: unknown) => void
  everyMilliseconds?: number
  /** How long a carrier that was replaced may end what it has begun. */
  drainMilliseconds?: number
}

type Made = { stored: StoredCarrier; carrier: Carrier | null; reader: ReceiptReader | null }

const kindOf = (name: string): CarrierKind | undefined => carrierKinds.find(({ kind }) => kind === name)

/** Keeps the carriers of the database made, and changes them while messages are under way. */
export function createStoredCarriers(parts: StoredCarriersParts): StoredCarriers {
  const { store, sealer, isConfigured, partsOf, log, onFault } = parts
  const { everyMilliseconds = 2_000, drainMilliseconds = 15_000 } = parts
  const made = new Map<string, Made>()
  const leaving = new Set<Carrier>()
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> = Promise.resolve()

  function make(stored: StoredCarrier): Made {
    const { name, kind } = stored
    const fail = (fault: string): Made => {
      log.error({ carrier: name, fault }, 'carrier.broken')
      return { stored, carrier: null, reader: null }
    }
    if (isConfigured(name))
      return fail('The configuration has a carrier of this name, which serves in its place.')
    const settings = openSettings(stored, sealer)
    if (settings === null) return fail(goneKeyFault)
    const { carrier: config, issues } = readCarrier({ name, kind, settings })
    const found = kindOf(kind)
    if (config === null || found === undefined) return fail(issues.map(({ path }) => path).join(', '))
    const reader = openReader(kind, config.settings, log)
    return { stored, carrier: found.create(config.settings, partsOf(name, reader)), reader }
  }

  /** One that cannot be made must not keep the others from it. */
  function tryToMake(stored: StoredCarrier): Made {
    try {
      return make(stored)
    } catch (error) {
      log.error({ carrier: stored.name, fault: String(Object(error).message) }, 'carrier.broken')
      return { stored, carrier: null, reader: null }
    }
  }

  /** What it has begun it may end. */
  function retire({ carrier }: Made): void {
    if (carrier === null) return
    leaving.add(carrier)
    setTimeout(() => void closeOne(carrier), drainMilliseconds).unref()
  }

  async function closeOne(carrier: Carrier): Promise<void> {
    if (leaving.delete(carrier)) await carrier.close?.()
  }

  async function refresh(): Promise<void> {
    const rows = await store.list()
    for (const [name, known] of made) {
      if (rows.some((row) => row.name === name)) continue
      made.delete(name)
      retire(known)
      log.info({ carrier: name }, 'carrier.removed')
    }
    for (const row of rows) {
      const known = made.get(row.name)
      // A carrier whose settings were only sealed anew has the same moment of change.
      if (known?.stored.updatedAt.getTime() !== row.updatedAt.getTime()) {
        if (known !== undefined) retire(known)
        made.set(row.name, tryToMake(row))
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

  return {
    find: (name) => made.get(name)?.carrier ?? undefined,
    readerOf: (name) => made.get(name)?.reader ?? undefined,
    channels: () =>
      Object.fromEntries(
        [...made]
          .filter(([name]) => !isConfigured(name))
          .map(([name, { stored }]) => [name, kindOf(stored.kind)?.channels ?? []]),
      ),
    refresh: refreshInTurn,
    start() {
      timer ??= setInterval(() => void refreshInTurn().catch(onFault), everyMilliseconds)
      timer.unref()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await working
      for (const { carrier } of made.values()) if (carrier !== null) leaving.add(carrier)
      await Promise.all([...leaving].map(closeOne))
    },
  }
}
