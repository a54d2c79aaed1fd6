import type { Config } from './config/config.ts'
import { type LoadParts, loadConfig } from './config/load-config.ts'
import { carrierKinds } from './delivery/carriers/index.ts'

/** The configuration, read with the kinds of carriers that this server has. */
export const readConfig = (parts: Omit<LoadParts, 'carrierKinds'>): Config =>
  loadConfig({ ...parts, carrierKinds })
