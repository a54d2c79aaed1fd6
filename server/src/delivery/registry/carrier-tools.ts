import { carrierNameExpected, carrierNameRemedy } from '../../domain/carrier-name.ts'
import type { ConfigurationIssue } from '../../domain/configuration-issue.ts'
import type { Issue } from '../../domain/issue.ts'
import type {
  CarrierTools,
  CheckedCarrier,
  ReportPlace,
  ResolveReference,
} from '../../engine/ports/carriers.ts'
import { type KindSettings, plainSettings } from './carrier-settings.ts'

export type CarrierToolsParts = {
  kinds: KindSettings
  resolve: ResolveReference
  reportPlaceOf: (name: string, carrier: CheckedCarrier) => ReportPlace
  /** Whether carriers that deliver to nobody are allowed. */
  isDevelopment: boolean
}

/** What the management of carriers needs to know about the kinds of this server. */
export const createCarrierTools = ({
  kinds,
  resolve,
  reportPlaceOf,
  isDevelopment,
}: CarrierToolsParts): CarrierTools => ({
  read({ name, kind, settings, isNew = false }) {
    const issues: Issue[] = []
    const report = (issue: ConfigurationIssue) => void issues.push(toIssue(issue))
    const remedy = carrierNameRemedy(name)
    if (remedy !== null)
      report({ where: name, read: JSON.stringify(name), expected: carrierNameExpected, example: '', remedy })
    const read = isNew ? kinds.readNewCarrier : kinds.readCarrier
    const carrier = remedy === null ? read({ ...settings, kind }, { where: name, resolve, report }) : null
    if (carrier === null) return { ok: false, issues }
    if (carrier.isForDevelopment && !isDevelopment)
      return {
        ok: false,
        issues: [{ path: `${name}.kind`, message: 'delivers to nobody; take another kind.' }],
      }
    // Only the given settings: defaults come from the server that reads them.
    const given = Object.entries(plainSettings(carrier.settings)).filter(([key]) =>
      Object.hasOwn(settings, key),
    )
    return {
      ok: true,
      kind: carrier.kind,
      channels: carrier.channels,
      settings: Object.fromEntries(given),
      ...reportPlaceOf(name, carrier),
    }
  },
  mask: kinds.mask,
  // A server in production refuses the others.
  kinds: () => kinds.describe().filter((notes) => isDevelopment || !notes.isForDevelopment),
})

const toIssue = ({ where, read, expected, remedy }: ConfigurationIssue): Issue => ({
  path: where,
  message: `read ${read ?? 'nothing'}, expected ${expected}. ${remedy}`,
})
