import { type Address, parseAddress } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { ProjectStore } from '../ports/projects.ts'

export type UnlockResult =
  | { ok: true; address: Address }
  | { ok: false; refusal: 'project-unknown' | 'not-an-address' | 'address-unknown' }

/** Ends the lock of an address after wrong codes (V4). `text` is an e-mail address or a phone number. */
export type UnlockAddress = (projectId: ProjectId, text: string) => Promise<UnlockResult>

export type UnlockAddressParts = { projects: ProjectStore; challenges: Pick<ChallengeStore, 'unlock'> }

export function createUnlockAddress({ projects, challenges }: UnlockAddressParts): UnlockAddress {
  return async (projectId, text) => {
    const project = await projects.find(projectId)
    if (project === null) return { ok: false, refusal: 'project-unknown' }
    const { region } = project.settings
    const address = parseAddress(text, { region })
    if (address === null) return { ok: false, refusal: 'not-an-address' }

    const isKnown = await challenges.unlock(projectId, address)
    return isKnown ? { ok: true, address } : { ok: false, refusal: 'address-unknown' }
  }
}
