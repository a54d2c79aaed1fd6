import type { Config } from '../config/config.ts'
import { type LoadParts, loadConfig } from '../config/load-config.ts'
import { dialects as ourDialects } from '../dialects/index.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { kindSettingsWith } from './carrier-kinds.ts'

/** What the configuration is read with; the dialects default to the product's. */
type ReadParts = Omit<LoadParts, 'readCarrier' | 'dialects'> & { dialects?: readonly DialectManifest[] }

/** The configuration, read with the kinds of carriers and the dialects that this server has. */
export const readConfig = ({ dialects = ourDialects, ...parts }: ReadParts): Config =>
  loadConfig({ ...parts, readCarrier: kindSettingsWith(dialects).readNewCarrier, dialects })
