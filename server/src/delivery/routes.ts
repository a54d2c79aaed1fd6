import { type Channel, channels } from '../domain/address.ts'
import type { ProjectId } from '../domain/project.ts'
import type { Carrier } from './carrier.ts'

/** What a route may depend on. */
export type Destination = { projectId: ProjectId; channel: Channel; to: string }

/** Which carriers serve a message, in the order in which they are asked. */
export type Routes = {
  carriersFor(destination: Destination): readonly Carrier[]
  /** Closes every carrier once. After the dispatcher has stopped. */
  close(): Promise<void>
}

/** One route per channel, the same for every project and country. A channel without carriers serves nobody. */
export function createRoutes(byChannel: Partial<Record<Channel, readonly Carrier[]>>): Routes {
  const carriers = new Set<Carrier>()
  for (const channel of channels) {
    for (const carrier of byChannel[channel] ?? []) {
      if (!carrier.channels.includes(channel))
        throw new Error(
          `The carrier ${carrier.name} does not serve ${channel}; it serves ${carrier.channels}`,
        )
      carriers.add(carrier)
    }
  }

  return {
    carriersFor: ({ channel }) => byChannel[channel] ?? [],
    async close() {
      await Promise.all([...carriers].map((carrier) => carrier.close?.()))
    },
  }
}
