import { LRUCache } from 'lru-cache'
import type { Project, ProjectId } from '../../domain/project.ts'
import { ClosedProject } from '../ports/closed-project.ts'
import type { ProjectStore } from '../ports/projects.ts'

/** How long a project's settings are cached. */
const believedMilliseconds = 500

/** Loads the project that a dialect is mounted for. Throws `ClosedProject` if it is disabled or deleted. */
export type LoadProject = (id: ProjectId) => Promise<Project>

export function createLoadProject(projects: Pick<ProjectStore, 'find'>): LoadProject {
  const known = new LRUCache<ProjectId, Project, void>({
    max: 10_000,
    ttl: believedMilliseconds,
    fetchMethod: async (id) => (await projects.find(id)) ?? undefined,
  })
  return async (id) => {
    const project = await known.fetch(id)
    if (project?.state !== 'active') throw new ClosedProject(id)
    return project
  }
}
