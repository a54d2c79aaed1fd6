/** Names of the carriers that the environment sets up: routes, prices and records know them by these. */
export const environmentCarrierNames = ['smtp', 'webhook', 'inbox'] as const
export type EnvironmentCarrierName = (typeof environmentCarrierNames)[number]

export const isEnvironmentCarrierName = (name: string): name is EnvironmentCarrierName =>
  (environmentCarrierNames as readonly string[]).includes(name)

export const carrierNameExpected = 'a name of up to 40 small letters, digits and hyphens'

/** What to do about a name that no carrier of the file or the database may have; null for one that it may. */
export function carrierNameRemedy(name: string): string | null {
  if (isEnvironmentCarrierName(name)) return 'Choose another: this one is what the environment configures.'
  return /^[a-z][a-z0-9-]{0,39}$/.test(name) ? null : 'Begin with a letter.'
}
