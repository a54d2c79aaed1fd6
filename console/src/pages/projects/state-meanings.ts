import type { Project } from '../../api/projects.ts'
import type { MeaningKind } from '../../components/meaning.tsx'

/** What the state of a project means for its reader. */
export const stateMeanings: Record<Project['state'], MeaningKind> = {
  active: 'good',
  disabled: 'warn',
  deleted: 'neutral',
}
