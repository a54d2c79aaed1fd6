import type { Config } from '../config/config.ts'
import type { ConfigurationIssue } from '../config/configuration-error.ts'
import { validateProjects } from '../config/validate-projects.ts'
import { isKnownSecret } from '../engine/operations/master-secret.ts'
import type { InstallationStore } from '../engine/ports/installation.ts'
import type { ProjectStore, ProjectSummary } from '../engine/ports/projects.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { chooseProject } from './choose-project.ts'

/*
 * What only the database knows of whether a node with this configuration may work on it. The start of a node and `doctor` both
 * ask here.
 */

export type JudgeOptions = {
  manifests: readonly DialectManifest[]
  /** Development was told to work on a database that holds projects of others. */
  withProjects: boolean
}

export type JudgedStores = {
  installation: Pick<InstallationStore, 'fingerprints' | 'isDevelopment'>
  projects: Pick<ProjectStore, 'list'>
}

/** Everything about the database for which a node would not start, or would do harm. Changes nothing. */
export async function judgeDatabase(
  config: Config,
  { installation, projects }: JudgedStores,
  { manifests, withProjects }: JudgeOptions,
): Promise<ConfigurationIssue[]> {
  const { databaseUrl, mode, secret, secretPrevious } = config
  const secrets = { current: secret, previous: secretPrevious }
  const isKnown = takesAnySecret(config) || (await isKnownSecret(installation, secrets))
  const all = await projects.list()
  const demos = new Set<string>(manifests.map(({ demo }) => demo.projectId))
  const others = all.filter(({ id }) => !demos.has(id)).length
  const isTaken = mode === 'development' && databaseUrl !== null && !withProjects && others > 0
  return [
    ...(isTaken && !(await installation.isDevelopment()) ? [foreignProjects(others)] : []),
    ...(isKnown ? [] : [unknownSecret]),
    ...(mode === 'production' ? validateProjects(all) : []),
    ...validateMounts(config, all, manifests),
  ]
}

/** The database in the directory of a developer is nobody else's, and the secret beside it may be removed. */
export const takesAnySecret = ({ mode, databaseUrl }: Config): boolean =>
  mode === 'development' && databaseUrl === null

function validateMounts(
  { mounts, mode }: Config,
  projects: readonly ProjectSummary[],
  manifests: readonly DialectManifest[],
): ConfigurationIssue[] {
  // Development makes its demo projects after this.
  const made =
    mode === 'development'
      ? manifests.map(({ demo }) => ({ id: demo.projectId, state: 'active' as const }))
      : []
  return mounts.flatMap((mount, index) => {
    const manifest = manifests.find(({ name }) => name === mount.dialect)
    if (manifest === undefined || manifest.projectNamedIn !== null) return []
    const chosen = chooseProject(mount, { mode, manifest, projects: [...projects, ...made] })
    return chosen.ok ? [] : [{ ...chosen.issue, where: `mounts[${index}].project` }]
  })
}

export const unknownSecret: ConfigurationIssue = {
  where: 'WATCHWORD_SECRET',
  read: 'a secret that this database does not know, not shown',
  expected: 'the master secret that the other nodes have, or had',
  example: 'WATCHWORD_SECRET_FILE=/run/secrets/watchword',
  remedy:
    'Give every node the same secret. To change it, give the former one as WATCHWORD_SECRET_PREVIOUS ("watchword docs operating"). If it is lost or has leaked, run "watchword forget-secret" first.',
}

const foreignProjects = (count: number): ConfigurationIssue => ({
  where: 'DATABASE_URL',
  read: `a database with ${count === 1 ? 'a project' : `${count} projects`} of its own, not shown`,
  expected:
    'a database of development: `watchword dev` adds demo projects with published passwords and shows all codes',
  example: 'DATABASE_URL=postgres://localhost/watchword_dev',
  remedy:
    'Take DATABASE_URL out, for a database of its own, or name another. Where this one is of development, start once with --with-projects.',
})
