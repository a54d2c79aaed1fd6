import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Project, projectsQuery } from '../api/projects.ts'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { useProjectId, useQueryText } from '../manners/use-query-text.ts'
import { Button } from './button.tsx'
import { Empty, ErrorState, Skeleton } from './states.tsx'

/** The project that a page is about: the chosen one, or the only one there is; null while several are to choose from. */
export function useProject(): Project | null {
  const chosen = useProjectId()
  const { data: projects = [] } = useQuery(projectsQuery)
  return (
    projects.find(({ projectId }) => projectId === chosen) ??
    (projects.length === 1 ? (projects[0] ?? null) : null)
  )
}

/** Shows what belongs to one project. Where several are to choose from, it asks which. */
export function WithProject({ children }: { children: (project: Project) => ReactNode }) {
  const words = useWords(sharedWords)
  const { data: projects, error, refetch } = useQuery(projectsQuery)
  const project = useProject()
  const [, choose] = useQueryText('project')
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (projects === undefined) return <Skeleton />
  if (project !== null) return children(project)
  return (
    <Empty icon="project" title={projects.length === 0 ? words.noProject : words.whichProject}>
      <ul className="mt-2 flex flex-wrap justify-center gap-2">
        {projects.map(({ projectId, name }) => (
          <li key={projectId}>
            <Button onClick={() => choose(projectId)}>{name}</Button>
          </li>
        ))}
      </ul>
    </Empty>
  )
}
