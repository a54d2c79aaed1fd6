import type { Config } from '../config/config.ts'
import { ConfigurationError } from '../config/configuration-error.ts'
import { acceptSecret } from '../engine/operations/master-secret.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import type { Stores } from './open-stores.ts'

/*
 * What only the database knows of whether this node may work on it: by which secret it is used, and whose it is.
 */

export type AdmitNodeOptions = {
  manifests: readonly DialectManifest[]
  /** Development was told to work on a database that holds projects of others. */
  withProjects: boolean
}

/** Throws, with what to do, where a node with this configuration would do harm. */
export async function admitNode(
  config: Config,
  { installation, projects }: Pick<Stores, 'installation' | 'projects'>,
  { manifests, withProjects }: AdmitNodeOptions,
): Promise<void> {
  const isDevelopment = config.mode === 'development'
  // The database in the directory of a developer is nobody else's, and the secret beside it may be removed.
  const isOwn = isDevelopment && config.databaseUrl === null
  if (isDevelopment && !isOwn && !withProjects && !(await installation.isDevelopment())) {
    const demos = new Set<string>(manifests.map(({ demo }) => demo.projectId))
    const others = (await projects.list()).filter(({ id }) => !demos.has(id))
    if (others.length > 0) throw new ConfigurationError([foreignProjects(others.length)])
  }
  const secrets = { current: config.secret, previous: config.secretPrevious }
  if (!(await acceptSecret(installation, secrets, { replaces: isOwn })))
    throw new ConfigurationError([unknownSecret])
  if (isDevelopment) await installation.markDevelopment()
}

/** What `doctor` says of it as well. */
export const unknownSecret = {
  where: 'WATCHWORD_SECRET',
  read: 'a secret that this database does not know, not shown',
  expected: 'the master secret that the other nodes have, or had',
  example: 'WATCHWORD_SECRET_FILE=/run/secrets/watchword',
  remedy:
    'Give every node the same secret. To change it, give the former one as WATCHWORD_SECRET_PREVIOUS (docs/operating.md). If it is lost or has leaked, run "watchword forget-secret" first.',
}

const foreignProjects = (count: number) => ({
  where: 'DATABASE_URL',
  read: `a database with ${count === 1 ? 'a project' : `${count} projects`} of its own, not shown`,
  expected:
    'a database of development: `watchword dev` adds demo projects with published passwords and shows all codes',
  example: 'DATABASE_URL=postgres://localhost/watchword_dev',
  remedy:
    'Take DATABASE_URL out, for a database of its own, or name another. Where this one is of development, start once with --with-projects.',
})
