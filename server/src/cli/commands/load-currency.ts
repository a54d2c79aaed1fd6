import type { Environment } from '../../config/read-settings.ts'

/** The currency of prices, as the configuration of the server says it. */
export async function loadCurrency(env: Environment): Promise<string> {
  const [{ inferMode }, { loadServerConfig }] = await Promise.all([
    import('../doctor/check-configuration.ts'),
    import('../terminal/load-server-config.ts'),
  ])
  return (await loadServerConfig(env, inferMode(env))).prices.currency
}
