import type { Config } from '../config/config.ts'
import { ConfigurationError } from '../config/configuration-error.ts'
import { acceptSecret } from '../engine/operations/master-secret.ts'
import { type JudgeOptions, judgeDatabase, takesAnySecret, unknownSecret } from './judge-database.ts'
import type { Stores } from './open-stores.ts'

/** Throws, with everything that is wrong, where a node with this configuration would do harm. Keeps whose database it is. */
export async function admitNode(
  config: Config,
  stores: Pick<Stores, 'installation' | 'projects'>,
  options: JudgeOptions,
): Promise<void> {
  const issues = await judgeDatabase(config, stores, options)
  if (issues.length > 0) throw new ConfigurationError(issues)
  const { installation } = stores
  const secrets = { current: config.secret, previous: config.secretPrevious }
  // Once more, under the lock: another node may have brought another secret in the meantime.
  if (!(await acceptSecret(installation, secrets, { replaces: takesAnySecret(config) })))
    throw new ConfigurationError([unknownSecret])
  if (config.mode === 'development') await installation.markDevelopment()
}
