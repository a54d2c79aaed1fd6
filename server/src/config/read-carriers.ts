import { carrierNameExpected, carrierNameRemedy } from '../domain/carrier-name.ts'
import type { ConfigurationIssue } from '../domain/configuration-issue.ts'
import type { ConfiguredCarrier, ReadCarrier, ResolveReference } from '../engine/ports/carriers.ts'
import { fileKeys } from './file-keys.ts'

export type ReadCarriersParts = {
  readCarrier: ReadCarrier
  resolve: ResolveReference
  report: (issue: ConfigurationIssue) => void
}

/** The carriers of the file by name. A carrier with an issue is left out. */
export function readCarriers(value: unknown, parts: ReadCarriersParts): Record<string, ConfiguredCarrier> {
  const { readCarrier, resolve, report } = parts
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    const read = JSON.stringify(value).slice(0, 120)
    report({ where: 'carriers', read, ...fileKeys.carriers, remedy: 'Write one key for each carrier.' })
    return {}
  }
  const read = Object.entries(value).flatMap(([name, entry]): [string, ConfiguredCarrier][] => {
    const where = `carriers.${name}`
    const remedy = carrierNameRemedy(name)
    if (remedy !== null) {
      const { example } = fileKeys.carriers
      report({ where, read: JSON.stringify(name), expected: carrierNameExpected, example, remedy })
      return []
    }
    const carrier = readCarrier(entry, { where, resolve, report })
    return carrier === null ? [] : [[name, { ...carrier, source: 'file' }]]
  })
  return Object.fromEntries(read)
}
