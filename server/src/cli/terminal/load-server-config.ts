import type { Config } from '../../config/config.ts'
import type { Environment } from '../../config/read-settings.ts'
import type { Mode } from '../../config/rules.ts'

/** Reads the whole configuration, as a server needs it. `port` comes from the command line and overrides PORT. */
export async function loadServerConfig(
  env: Environment,
  mode: Mode,
  { port }: { port?: string } = {},
): Promise<Config> {
  const { readConfig } = await import('../../composition/read-config.ts')
  const given = port === undefined ? env : { ...env, PORT: port, PORT_FILE: undefined }
  return readConfig({ env: given, mode })
}
