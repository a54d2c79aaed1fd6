import { type Channel, channels, isRegion, type Region } from './address.ts'
import { trialShare } from './demotion.ts'
import { isFor } from './destination.ts'
import type { Issue, Parsed } from './issue.ts'

/** One carrier of a route, for which destinations, and how much of them. */
export type RouteLeg = {
  /** As the configuration names it. */
  carrier: string
  /** Countries (`CI`) and beginnings of numbers (`+22507`). Empty: everywhere. */
  to: readonly string[]
  /** Legs with weights that stand next to each other share what comes, by weight. Null: this one comes first. */
  weight: number | null
}

/** The legs of each channel, in the order in which they are asked. A channel that is absent has the server's. */
export type RouteTable = Partial<Record<Channel, readonly RouteLeg[]>>

const legsMax = 20

const destinationsMax = 300

const weightMax = 1_000

/** A carrier everywhere, with nobody to share with. */
export const plainLeg = (carrier: string): RouteLeg => ({ carrier, to: [], weight: null })

/** Parses the routes of a project or of the server, and tells everything that is wrong with them at once. */
export function parseRouteTable(input: unknown): Parsed<RouteTable> {
  const issues: Issue[] = []
  const table: RouteTable = {}
  if (!isMap(input)) return { ok: false, issues: [{ path: 'routes', message: tableExpected }] }
  for (const [name, legs] of Object.entries(input)) {
    const channel = channels.find((known) => known === name)
    if (channel === undefined)
      issues.push({ path: `routes.${name}`, message: `is no channel; there are ${channels.join(', ')}` })
    else if (legs !== null && legs !== undefined)
      table[channel] = parseLegs(legs, `routes.${channel}`, issues)
  }
  return issues.length === 0 ? { ok: true, value: table } : { ok: false, issues }
}

const tableExpected = 'must be channels with their carriers, such as {"sms": ["twilio", "orange"]}'

/** Parses the legs of one channel. What is wrong goes to `issues`. */
export function parseLegs(input: unknown, path: string, issues: Issue[]): RouteLeg[] {
  if (!Array.isArray(input) || input.length > legsMax) {
    issues.push({
      path,
      message: `must be a list of at most ${legsMax} carriers, in the order in which they are tried`,
    })
    return []
  }
  const legs = input.flatMap((leg, index) => parseLeg(leg, `${path}[${index}]`, issues) ?? [])
  legs.forEach(({ carrier, to }, index) => {
    const isSecond = legs.findIndex((leg) => leg.carrier === carrier && sameTo(leg.to, to)) < index
    if (isSecond) issues.push({ path, message: `names ${carrier} twice; name each carrier once` })
  })
  return legs
}

const sameTo = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((destination) => b.includes(destination))

function parseLeg(input: unknown, path: string, issues: Issue[]): RouteLeg | null {
  const leg = typeof input === 'string' ? { carrier: input } : input
  if (!isMap(leg) || typeof leg.carrier !== 'string') {
    issues.push({ path, message: 'must be the name of a carrier, or {"carrier", "to", "weight"}' })
    return null
  }
  const unknown = Object.keys(leg).filter((key) => !['carrier', 'to', 'weight'].includes(key))
  for (const key of unknown)
    issues.push({ path: `${path}.${key}`, message: 'does not exist; a leg has carrier, to, weight' })
  return {
    carrier: leg.carrier,
    to: parseDestinations(leg.to ?? [], `${path}.to`, issues),
    weight: parseWeight(leg.weight ?? null, `${path}.weight`, issues),
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
  return isRegion(text) || /^\+[1-9]\d{0,14}$/.test(text) ? text : null
}

function parseWeight(input: unknown, path: string, issues: Issue[]): number | null {
  if (input === null) return null
  if (typeof input === 'number' && Number.isInteger(input) && input >= 1 && input <= weightMax) return input
  issues.push({ path, message: `must be a whole number from 1 to ${weightMax}` })
  return null
}

/** Which channels each carrier that is configured serves. */
export type CarrierChannels = Readonly<Record<string, readonly Channel[]>>

/** What names a carrier that is not there, or not for this channel. */
export function judgeRouteTable(table: RouteTable, carriers: CarrierChannels): Issue[] {
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
export type LegQuestion = {
  to: string
  region: Region | null
  /** Gives each word a chance in (0, 1). */
  draw: (word: string) => number
  /** Whether what a carrier takes for this destination arrives far less often than it should. */
  isDemoted: (carrier: string) => boolean
}

/** The legs for one destination in the order in which they are asked: demoted carriers last, but for a small share. */
export function orderLegs(
  legs: readonly RouteLeg[],
  { to, region, draw, isDemoted }: LegQuestion,
): RouteLeg[] {
  const serving = legs.filter(
    (leg) => leg.to.length === 0 || leg.to.some((wanted) => isFor(wanted, to, region)),
  )
  const groups: RouteLeg[][] = []
  for (const leg of serving) {
    const group = groups.at(-1)
    if (leg.weight !== null && group !== undefined && group[0]?.weight !== null) group.push(leg)
    else groups.push([leg])
  }
  // Of exponential variables with these rates each is the least with a chance as large as its weight.
  const rank = ({ carrier, weight }: RouteLeg) => -Math.log(draw(carrier)) / (weight ?? 1)
  const asked = groups.flatMap((group) =>
    group.length < 2 ? group : group.sort((a, b) => rank(a) - rank(b)),
  )
  const once = asked.filter(
    ({ carrier }, index) => asked.findIndex((leg) => leg.carrier === carrier) === index,
  )
  const isLast = ({ carrier }: RouteLeg) => isDemoted(carrier) && draw(`trial ${carrier}`) >= trialShare
  return [...once.filter((leg) => !isLast(leg)), ...once.filter(isLast)]
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
