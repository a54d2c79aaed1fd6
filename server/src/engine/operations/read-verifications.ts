import { parseAddress, type Region } from '../../domain/address.ts'
import type { ChallengeId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { EventStore } from '../ports/events.ts'
import type { ProjectStore } from '../ports/projects.ts'
import type {
  VerificationDetails,
  VerificationPage,
  VerificationQuery,
  VerificationSearch,
  VerificationStore,
} from '../ports/verifications.ts'

/** What operators ask of verifications. Null if there is no such project, or no such verification. */
export type ReadVerifications = {
  page(query: Omit<VerificationQuery, 'search'> & { search: string | null }): Promise<VerificationPage | null>
  find(projectId: ProjectId, id: string): Promise<VerificationDetails | null>
  /** The same with the reason on record, for whoever is shown the address in full. */
  reveal(projectId: ProjectId, id: string, reason: string): Promise<VerificationDetails | null>
}

export type ReadVerificationsParts = {
  projects: Pick<ProjectStore, 'find'>
  verifications: VerificationStore
  events: Pick<EventStore, 'record'>
}

export function createReadVerifications({
  projects,
  verifications,
  events,
}: ReadVerificationsParts): ReadVerifications {
  const find: ReadVerifications['find'] = async (projectId, id) => {
    const challengeId = readChallengeId(id)
    return challengeId === null ? null : verifications.find(projectId, challengeId)
  }
  return {
    async page({ search, ...query }) {
      const project = await projects.find(query.projectId)
      if (project === null) return null
      const { region } = project.settings
      return verifications.page({ ...query, search: search === null ? null : readSearch(search, region) })
    },

    find,

    async reveal(projectId, id, reason) {
      const found = await find(projectId, id)
      // Recorded before the address leaves, so that nobody sees one without a trace.
      if (found !== null)
        await events.record({
          scope: projectId,
          type: 'address.revealed',
          challengeId: found.id,
          details: { reason },
        })
      return found
    },
  }
}

/** The id of a challenge, or null for what cannot be one. */
export const readChallengeId = (text: string): ChallengeId | null =>
  /^[0-9a-f]{24}$/i.test(text) ? (text.toLowerCase() as ChallengeId) : null

const readSearch = (typed: string, region: Region | null): VerificationSearch => ({
  id: readChallengeId(typed.trim()),
  address: parseAddress(typed, { region }),
  text: typed.trim(),
})
