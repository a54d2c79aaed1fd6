import { BlockList, isIP } from 'node:net'
import type { Caller } from '../../domain/caller.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { AuthorizeKey } from '../../engine/operations/api-keys.ts'
import type { Call } from '../../http/dialect.ts'

/**
 * Who sees the codes in answers. The document shows them to everybody, so that any caller could read any citizen's code.
 * So the mount has to choose. `anyone` is for development.
 */
export type CodesFor =
  | { who: 'anyone' }
  | { who: 'api-key' }
  | { who: 'networks'; networks: readonly string[] }
  | { who: 'nobody' }

/** How one call is treated. `caller` is null for the operator's own systems, which are not counted per caller. */
export type Viewer = { seesCode: boolean; caller: Caller | null }

/** Decides whether a call may see codes. */
export type ResolveViewer = (call: Call) => Promise<Viewer>

export type ViewerParts = { projectId: ProjectId; codesFor: CodesFor; authorizeKey: AuthorizeKey }

/** Makes this function for a mount. */
export function createResolveViewer({ projectId, codesFor, authorizeKey }: ViewerParts): ResolveViewer {
  const isTrusted = createTrust({ projectId, codesFor, authorizeKey })
  return async (call) => {
    // Browsers send the origin of the page: a page must never read a code that belongs on the citizen's own phone.
    if (call.headers.origin !== undefined) return { seesCode: false, caller: call.caller }
    if (codesFor.who === 'anyone') return { seesCode: true, caller: call.caller }
    return (await isTrusted(call))
      ? { seesCode: true, caller: null }
      : { seesCode: false, caller: call.caller }
  }
}

function createTrust({ projectId, codesFor, authorizeKey }: ViewerParts): (call: Call) => Promise<boolean> {
  switch (codesFor.who) {
    case 'api-key':
      return async ({ headers }) => {
        const key = headers['x-api-key']
        if (key === undefined) return false
        return (await authorizeKey({ key, projectId, scope: 'otp:read-code' })).ok
      }
    case 'networks': {
      const contains = createNetworkList(codesFor.networks)
      return async ({ caller }) => contains(caller.network)
    }
    default:
      return async () => false
  }
}

/** Callers are identified by their IPv4 address or IPv6 /64, so a narrower IPv6 block means its /64. */
function createNetworkList(networks: readonly string[]): (network: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const { address, family } = parseNetwork(network)
    const bitsMax = family === 'ipv4' ? 32 : 64
    list.addSubnet(address, Math.min(bitsMax, Number(network.split('/')[1] ?? bitsMax)), family)
  }
  return (network) => {
    if (isIP(network.split('/')[0] ?? '') === 0) return false
    const { address, family } = parseNetwork(network)
    return list.check(address, family)
  }
}

function parseNetwork(network: string): { address: string; family: 'ipv4' | 'ipv6' } {
  const [address = ''] = network.split('/')
  return { address, family: isIP(address) === 4 ? 'ipv4' : 'ipv6' }
}
