import { channels } from '../domain/address.ts'
import type { Issue } from '../domain/issue.ts'
import { parseRouteEntries, type RouteTable } from '../domain/route.ts'
import { type ReportIssue, suggest } from './configuration-error.ts'
import { fileKeys } from './file-keys.ts'

/** The routes of the file, only for the channels that it names. `known` are the names that an entry may have. */
export function readRoutes(value: unknown, known: readonly string[], report: ReportIssue): RouteTable {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    report('routes', value, fileKeys.routes, 'Write one line for each channel.')
    return {}
  }
  const table: RouteTable = {}
  for (const key of Object.keys(value).filter((key) => !channels.some((channel) => channel === key))) {
    const about = { expected: `one of ${channels.join(', ')}`, example: `${channels[0]}:` }
    report(`routes.${key}`, Object(value)[key], about, `${suggest(key, channels)}Rename it or remove it.`)
  }
  for (const channel of channels) {
    const written: unknown = Object(value)[channel]
    if (written === undefined || written === null) continue
    const issues: Issue[] = []
    const entries = parseRouteEntries(written, `routes.${channel}`, issues)
    const unknown = entries.find(({ carrier }) => !known.includes(carrier))
    // An issue of one entry has its own path; an issue of the list is reported with the whole list.
    for (const { path, message } of issues) report(path, written, fileKeys.routes, `It ${message}. ${order}`)
    if (issues.length > 0) continue
    if (unknown === undefined) table[channel] = entries
    else report(`routes.${channel}`, written, fileKeys.routes, explainUnknown(unknown.carrier, known))
  }
  return table
}

const explainUnknown = (carrier: string, known: readonly string[]): string =>
  `${carrier} is not under carriers. ${suggest(carrier, known) || `Set it up there, or name ${known.join(', ')}.`}`

const order = 'Name each carrier once, in the order in which they are tried.'
