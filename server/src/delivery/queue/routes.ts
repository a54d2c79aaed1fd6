import { type Channel, channels, type Region } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import { orderEntries, plainEntry, type RouteEntry, type RouteTable } from '../../domain/route.ts'
import type { Carrier } from '../carrier.ts'
import type { Demotions } from './demotions.ts'

/** What a route may depend on. */
export type Destination = {
  projectId: ProjectId
  channel: Channel
  to: string
  /** The country of the number, if it is known. */
  region?: Region | null
  /** The project's own routes. A channel that they do not name uses the server's. */
  own?: RouteTable
  /**
   * Seeds the weighted choice: the same seed gives the same order, so that a retry asks carriers in the order of the
   * first attempt.
   */
  seed?: string
}

/** The carriers for a message, in the order in which they are asked. */
export type Routes = {
  carriersFor(destination: Destination): readonly Carrier[]
  /** Closes every carrier once. To be called after the dispatcher has stopped. */
  close(): Promise<void>
}

export type RouteParts = {
  /** The server's own routes. */
  table: RouteTable
  /** The carriers of a channel that the server's routes do not name; none by default. */
  carriersOtherwise?: () => readonly string[]
  /**
   * Undefined when there is no such carrier for the channel. Called for every message, so it keeps the carriers that it
   * creates.
   */
  carrierNamed: (name: string, channel: Channel) => Carrier | undefined
  isDemoted?: Demotions['isDemoted']
  close: () => Promise<void>
}

/** Finds the carriers of a message: by the project's own route, else by the server's. */
export const createRoutesOf = ({
  table,
  carriersOtherwise = () => [],
  carrierNamed,
  isDemoted = () => false,
  close,
}: RouteParts): Routes => ({
  carriersFor({ channel, to, region = null, own = {}, seed = '' }) {
    const ofServer: readonly RouteEntry[] = table[channel] ?? []
    const entries = own[channel] ?? (ofServer.length > 0 ? ofServer : carriersOtherwise().map(plainEntry))
    return orderEntries(entries, {
      to,
      region,
      random: (label) => seededRandom(`${seed} ${label}`),
      isDemoted: (carrier) => isDemoted({ carrier, channel, country: region }),
    }).flatMap(({ carrier }) => carrierNamed(carrier, channel) ?? [])
  },
  close,
})

/** One route per channel, the same for every project and country. A channel without carriers has no route. */
export function createRoutes(byChannel: Partial<Record<Channel, readonly Carrier[]>>): Routes {
  const carriers = new Set<Carrier>()
  const named = new Map<string, Carrier>()
  const table: RouteTable = {}
  for (const channel of channels) {
    const served = byChannel[channel] ?? []
    table[channel] = served.map((_, index) => plainEntry(`${index}`))
    for (const [index, carrier] of served.entries()) {
      if (!carrier.channels.includes(channel))
        throw new Error(
          `The carrier ${carrier.name} does not serve ${channel}; it serves ${carrier.channels}`,
        )
      carriers.add(carrier)
      named.set(`${channel} ${index}`, carrier)
    }
  }
  return createRoutesOf({
    table,
    carrierNamed: (name, channel) => named.get(`${channel} ${name}`),
    async close() {
      await Promise.all([...carriers].map((carrier) => carrier.close?.()))
    },
  })
}

/** A number in (0, 1), always the same for one seed (FNV-1a, mixed again because its high bits change least). */
function seededRandom(seed: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < seed.length; index += 1)
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return (((hash ^ (hash >>> 15)) >>> 0) + 0.5) / 2 ** 32
}
