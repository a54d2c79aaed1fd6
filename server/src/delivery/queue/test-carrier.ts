import type { Channel } from '../../domain/address.ts'
import { parseEmailAddress, parsePhoneNumber } from '../../domain/address.ts'
import {
  defaultProjectSettings,
  type Project,
  type ProjectId,
  type WorkspaceId,
} from '../../domain/project.ts'
import type { TestCarrier } from '../../engine/ports/carriers.ts'
import type { Carrier } from '../carrier.ts'
import { textTools } from '../texts/text-tools.ts'
import { createDeliverSample } from './deliver-sample.ts'

/** What the sample calls itself. */
const project: Project = {
  id: 'PRJ_000000000000' as ProjectId,
  workspaceId: 'WS_000000000000' as WorkspaceId,
  name: 'Watchword',
  settings: defaultProjectSettings,
}

/** Makes what sends a sample code, which opens nothing, by one carrier. */
export const createTestCarrier =
  (carrierNamed: (name: string, channel: Channel) => Carrier | undefined): TestCarrier =>
  async ({ name, channel, to: written }) => {
    const carrier = carrierNamed(name, channel)
    if (carrier === undefined) return null
    const to = channel === 'email' ? parseEmailAddress(written) : parsePhoneNumber(written)
    if (to === null) return { carrier: name, outcome: 'refused', detail: `to is no address for ${channel}` }
    const key = { channel, purpose: 'code', locale: 'en' } as const
    const deliver = createDeliverSample({ carriersFor: () => [carrier] })
    const [answer] = await deliver({ project, key, draft: textTools.builtIn(key), to })
    return answer ?? null
  }
