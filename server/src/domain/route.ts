import { type Channel, channels, isRegion, type Region } from './address.ts'
import { trialShare } from './demotion.ts'
import { isFor } from './destination.ts'
import type { Issue, Parsed } from './issue.ts'
import { parsePhoneBeginning } from './phone-number.ts'

/** One carrier of a route, with its destinations and its share. */
export type RouteEntry = {
  /** The configured name. */
  carrier: string
  /** Countries (`CI`) and beginnings of numbers (`+22507`). Empty: everywhere. */
  to: readonly string[]
  /** Adjacent entries with weights share the messages by weight. Null: the entry shares with none. */
  weight: number | null
}

/** The entries of each channel, in the order in which they are asked. An absent channel uses the server's route. */
export type RouteTable = Partial<Record<Channel, readonly RouteEntry[]>>

const entriesMax = 20

const destinationsMax = 300

const weightMax = 1_000

/** A carrier for all destinations that shares with no other. */
export const plainEntry = (carrier: string): RouteEntry => ({ carrier, to: [], weight: null })

/** Parses the routes of a project or of the server, and reports everything that is wrong with them at once. */
export function parseRouteTable(input: unknown): Parsed<RouteTable> {
  const issues: Issue[] = []
  const table: RouteTable = {}
  if (!isMap(input)) return { ok: false, issues: [{ path: 'routes', message: tableExpected }] }
  for (const [name, entries] of Object.entries(input)) {
    const channel = channels.find((known) => known === name)
    if (channel === undefined)
      issues.push({ path: `routes.${name}`, message: `is no channel; there are ${channels.join(', ')}` })
    else if (entries !== null && entries !== undefined)
      table[channel] = parseRouteEntries(entries, `routes.${channel}`, issues)
  }
  return issues.length === 0 ? { ok: true, value: table } : { ok: false, issues }
}

const tableExpected = 'must be channels with their carriers, such as {"sms": ["twilio", "orange"]}'

/** Parses the entries of one channel. Problems go to `issues`. */
export function parseRouteEntries(input: unknown, path: string, issues: Issue[]): RouteEntry[] {
  if (!Array.isArray(input) || input.length > entriesMax) {
    issues.push({
      path,
      message: `must be a list of at most ${entriesMax} carriers, in the order in which they are tried`,
    })
    return []
  }
  const entries = input.flatMap((entry, index) => parseRouteEntry(entry, `${path}[${index}]`, issues) ?? [])
  entries.forEach(({ carrier, to }, index) => {
    const isSecond = entries.findIndex((entry) => entry.carrier === carrier && sameTo(entry.to, to)) < index
    if (isSecond) issues.push({ path, message: `names ${carrier} twice; name each carrier once` })
  })
  return entries
}

const sameTo = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((destination) => b.includes(destination))

function parseRouteEntry(input: unknown, path: string, issues: Issue[]): RouteEntry | null {
  const entry = typeof input === 'string' ? { carrier: input } : input
  if (!isMap(entry) || typeof entry.carrier !== 'string') {
    issues.push({ path, message: 'must be the name of a carrier, or {"carrier", "to", "weight"}' })
    return null
  }
  const unknown = Object.keys(entry).filter((key) => !['carrier', 'to', 'weight'].includes(key))
  for (const key of unknown)
    issues.push({ path: `${path}.${key}`, message: 'does not exist; an entry has carrier, to, weight' })
  return {
    carrier: entry.carrier,
    to: parseDestinations(entry.to ?? [], `${path}.to`, issues),
    weight: parseWeight(entry.weight ?? null, `${path}.weight`, issues),
  }
}

function parseDestinations(input: unknown, path: string, issues: Issue[]): string[] {
  const listed: unknown[] = Array.isArray(input) ? input : [input]
  const parsed = listed.map(parseDestination)
  const wrong = parsed.indexOf(null)
  if (wrong !== -1 || parsed.length > destinationsMax) {
    const shown = wrong === -1 ? `${parsed.length} destinations` : JSON.stringify(listed[wrong])
    const message = `must be at most ${destinationsMax} countries such as CI, or beginnings of numbers such as "+22507"; not ${shown}`
    issues.push({ path, message })
  }
  return parsed.filter((destination) => destination !== null)
}

/** A country, or the beginning of a number; null for anything else. */
export function parseDestination(input: unknown): string | null {
  if (typeof input !== 'string') return null
  const text = input.toUpperCase()
  return isRegion(text) ? text : parsePhoneBeginning(text)
}

function parseWeight(input: unknown, path: string, issues: Issue[]): number | null {
  if (input === null) return null
  if (typeof input === 'number' && Number.isInteger(input) && input >= 1 && input <= weightMax) return input
  issues.push({ path, message: `must be a whole number from 1 to ${weightMax}` })
  return null
}

/** Which channels each configured carrier serves. */
export type CarrierChannels = Readonly<Record<string, readonly Channel[]>>

/** The entries whose carrier is not configured, or does not serve the channel. */
export function validateRouteTable(table: RouteTable, carriers: CarrierChannels): Issue[] {
  return channels.flatMap((channel) =>
    (table[channel] ?? []).flatMap(({ carrier }, index): Issue[] => {
      const path = `routes.${channel}[${index}]`
      const served = Object.hasOwn(carriers, carrier) ? carriers[carrier] : undefined
      if (served?.includes(channel)) return []
      const usable = Object.keys(carriers).filter((name) => carriers[name]?.includes(channel))
      const remedy =
        usable.length === 0 ? `no carrier is configured for ${channel}` : `take ${usable.join(' or ')}`
      const message =
        served === undefined
          ? `names ${carrier}, which is not configured; ${remedy}`
          : `names ${carrier}, which serves ${served.join(', ')} and not ${channel}; ${remedy}`
      return [{ path, message }]
    }),
  )
}

/** What the order of a route depends on. */
export type RoutingContext = {
  to: string
  region: Region | null
  /** A number in (0, 1) for each label, always the same for the same label. */
  random: (label: string) => number
  /** Whether a carrier delivers far less to this destination than it should. */
  isDemoted: (carrier: string) => boolean
}

/** The entries for one destination in the order in which they are asked: demoted carriers last, except for a small share. */
export function orderEntries(
  entries: readonly RouteEntry[],
  { to, region, random, isDemoted }: RoutingContext,
): RouteEntry[] {
  const serving = entries.filter(
    (entry) => entry.to.length === 0 || entry.to.some((wanted) => isFor(wanted, to, region)),
  )
  const groups: RouteEntry[][] = []
  for (const entry of serving) {
    const group = groups.at(-1)
    if (entry.weight !== null && group !== undefined && group[0]?.weight !== null) group.push(entry)
    else groups.push([entry])
  }
  // With exponential variables of these rates, the probability that an entry ranks first is proportional to its weight.
  const rank = ({ carrier, weight }: RouteEntry) => -Math.log(random(carrier)) / (weight ?? 1)
  const asked = groups.flatMap((group) =>
    group.length < 2 ? group : group.sort((a, b) => rank(a) - rank(b)),
  )
  const once = asked.filter(
    ({ carrier }, index) => asked.findIndex((entry) => entry.carrier === carrier) === index,
  )
  const isLast = ({ carrier }: RouteEntry) => isDemoted(carrier) && random(`trial ${carrier}`) >= trialShare
  return [...once.filter((entry) => !isLast(entry)), ...once.filter(isLast)]
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
