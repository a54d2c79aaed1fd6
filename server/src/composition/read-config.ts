import type { Config } from '../config/config.ts'
import { type LoadParts, loadConfig } from '../config/load-config.ts'
import { readNewCarrier } from '../delivery/registry/carrier-settings.ts'

/** The configuration, read with the kinds of carriers that this server has. */
export const readConfig = (parts: Omit<LoadParts, 'readCarrier'>): Config =>
  loadConfig({ ...parts, readCarrier: readNewCarrier })
