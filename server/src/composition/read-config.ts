import type { Config } from '../config/config.ts'
import { type LoadParts, loadConfig } from '../config/load-config.ts'
import { dialects as ourDialects } from '../dialects/index.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { kindSettingsWith } from './carrier-kinds.ts'

/** What a server is made of that can be listed: its dialects are the product's, unless told. */
type ReadParts = Omit<LoadParts, 'readCarrier' | 'dialects'> & { dialects?: readonly DialectManifest[] }

/** The configuration, read with the kinds of carriers and the dialects that this server has. */
export const readConfig = ({ dialects = ourDialects, ...parts }: ReadParts): Config =>
  loadConfig({ ...parts, readCarrier: kindSettingsWith(dialects).readNewCarrier, dialects })
