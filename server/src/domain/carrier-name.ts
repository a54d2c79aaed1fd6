/** The carriers that environment variables configure. Routes, prices and records use these names. */
export const environmentCarrierNames = ['smtp', 'webhook', 'inbox'] as const
export type EnvironmentCarrierName = (typeof environmentCarrierNames)[number]

export const isEnvironmentCarrierName = (name: string): name is EnvironmentCarrierName =>
  (environmentCarrierNames as readonly string[]).includes(name)

export const carrierNameExpected = 'a name of up to 40 small letters, digits and hyphens'

/** What to do about a name that a carrier of the file or the database must not have; null for an allowed name. */
export function carrierNameRemedy(name: string): string | null {
  if (isEnvironmentCarrierName(name)) return 'Choose another: this one is what the environment configures.'
  return /^[a-z][a-z0-9-]{0,39}$/.test(name) ? null : 'Begin with a letter.'
}
