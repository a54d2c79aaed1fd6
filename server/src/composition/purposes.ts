import { dialects } from '../dialects/index.ts'
import { createPurposes, type Purposes } from '../domain/purpose.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'

/** What the codes of these dialects are for. */
export const purposesOf = (manifests: readonly Pick<DialectManifest, 'purposes'>[]): Purposes =>
  createPurposes(manifests.flatMap((manifest) => manifest.purposes))

/** What codes are for on this server. */
export const purposes = purposesOf(dialects)
