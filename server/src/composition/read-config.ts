import type { Config } from '../config/config.ts'
import { type LoadParts, loadConfig } from '../config/load-config.ts'
import type { CarrierKindShape } from '../config/read-carriers.ts'
import type { CarrierKind } from '../delivery/kinds/carrier-kind.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'

/** The configuration, read with the kinds of carriers that this server has. */
export const readConfig = (parts: Omit<LoadParts, 'carrierKinds'>): Config =>
  loadConfig({
    ...parts,
    carrierKinds: kindShapes(),
  })

/** The kinds of carriers, with the way to look at settings that go together. */
export const kindShapes = (): CarrierKindShape[] =>
  carrierKinds.map((kind) => ({ ...kind, findFault: findFaultOf(kind) }))

/** A carrier connects to nothing before its first message, so making one is a way to look at its settings. */
const findFaultOf =
  (kind: CarrierKind) =>
  (settings: Readonly<Record<string, unknown>>): string | null => {
    try {
      void kind.create(settings, { name: kind.kind, log: { error: () => {} } }).close?.()
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
