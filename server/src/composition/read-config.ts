import type { Config } from '../config/config.ts'
import { type LoadParts, loadConfig } from '../config/load-config.ts'
import type { CarrierKindShape } from '../config/read-carriers.ts'
import type { CarrierKind } from '../delivery/kinds/carrier-kind.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'
import { withPurposes } from '../delivery/kinds/templates.ts'
import { dialects as ourDialects } from '../dialects/index.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { purposesOf } from './purposes.ts'

/** What a server is made of that can be listed: its kinds of carriers and its dialects are the product's, unless told. */
type ReadParts = Omit<LoadParts, 'carrierKinds' | 'dialects'> & { dialects?: readonly DialectManifest[] }

/** The configuration, read with the kinds of carriers and the dialects that this server has. */
export const readConfig = ({ dialects = ourDialects, ...parts }: ReadParts): Config =>
  loadConfig({ ...parts, carrierKinds: kindShapes(dialects), dialects })

/** The kinds of carriers, with the way to look at settings that go together. */
export const kindShapes = (dialects = ourDialects): CarrierKindShape[] =>
  carrierKindsWith(dialects).map((kind) => ({ ...kind, findFault: findFaultOf(kind) }))

/** The kinds of carriers, whose settings name what the codes of these dialects are for. */
export const carrierKindsWith = (dialects = ourDialects): CarrierKind[] =>
  carrierKinds.map((kind) => withPurposes(kind, purposesOf(dialects).names))

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
