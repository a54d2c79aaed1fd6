import type { Config } from '../config/config.ts'
import { type DevFile, ensureDevAccess } from '../development/dev-file.ts'
import type { Engine } from '../engine/engine.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import type { Stores } from './open-stores.ts'

/** How to access a server of development. */
export type DevelopmentAccess = Omit<DevFile, 'url'>

/**
 * How people and programs access development: with a key for the project of the first dialect that requires one. Null in
 * production, and where no dialect requires one.
 */
export async function ensureDevelopmentAccess(
  { mode, dataDirectory, secret, adminToken }: Config,
  { projects, keys }: Pick<Stores, 'projects' | 'keys'>,
  { authorizeKey, manifests }: Pick<Engine, 'authorizeKey'> & { manifests: readonly DialectManifest[] },
): Promise<DevelopmentAccess | null> {
  const keyed = manifests.find(({ projectNamedIn }) => projectNamedIn !== null)
  if (mode !== 'development' || keyed === undefined) return null
  const { projectId } = keyed.demo
  return {
    projectId,
    ...(await ensureDevAccess(dataDirectory, projectId, { projects, keys, authorizeKey, secret })),
    ...(adminToken === null ? {} : { adminToken: adminToken.reveal() }),
  }
}
