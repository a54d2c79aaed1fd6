import type { Config } from '../../src/config/config.ts'
import { channels } from '../../src/domain/address.ts'

/** The names of the carriers of each channel, in the order in which they are tried. */
export const routeNamesOf = ({ routeTable }: Pick<Config, 'routeTable'>) =>
  Object.fromEntries(
    channels.map((channel) => [channel, (routeTable[channel] ?? []).map(({ carrier }) => carrier)]),
  )
