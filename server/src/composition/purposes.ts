import { dialects } from '../dialects/index.ts'
import { createPurposes, type Purposes } from '../domain/purpose.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'

/** The purposes of the codes of these dialects. */
export const purposesOf = (manifests: readonly Pick<DialectManifest, 'purposes'>[]): Purposes =>
  createPurposes(manifests.flatMap((manifest) => manifest.purposes))

/** The purposes of codes on this server. */
export const purposes = purposesOf(dialects)
