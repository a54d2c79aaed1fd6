import type { Config } from '../config/config.ts'
import type { ConfigurationIssue } from '../config/configuration-error.ts'
import type { ProjectId } from '../domain/project.ts'
import type { ProjectSummary } from '../engine/ports/projects.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'

type Chosen = { ok: true; projectId: ProjectId } | { ok: false; issue: Omit<ConfigurationIssue, 'where'> }

/** The project of a mount: the one it names, in development the demo's, else the only one there is. */
export function chooseProject(
  { dialect, project }: Config['mounts'][number],
  {
    mode,
    manifest: { demo },
    projects: all,
  }: Pick<Config, 'mode'> & {
    manifest: DialectManifest
    projects: readonly Pick<ProjectSummary, 'id' | 'state'>[]
  },
): Chosen {
  const projects = all.filter(({ state }) => state !== 'deleted')
  if (project === null && mode === 'development') return { ok: true, projectId: demo.projectId }
  const chosen = projects.find(({ id }) => id === (project ?? projects[0]?.id))
  if (chosen !== undefined && (project !== null || projects.length === 1))
    return { ok: true, projectId: chosen.id }
  const known =
    projects.length === 0
      ? 'there is none yet: "watchword projects create NAME" makes one'
      : `there are ${projects.map(({ id }) => id).join(', ')}`
  return {
    ok: false,
    issue: {
      read: project,
      expected: `the project that the requests of ${dialect} belong to; ${known}`,
      example: `{dialect: ${dialect}, project: ${projects[0]?.id ?? 'PRJ_abc123def456'}}`,
      remedy:
        project === null ? 'Write its id into the mount.' : 'Correct the id: this project does not exist.',
    },
  }
}
