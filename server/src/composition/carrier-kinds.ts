import type { CarrierKind } from '../delivery/kinds/carrier-kind.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'
import { withPurposes } from '../delivery/kinds/templates.ts'
import { createKindSettings, type KindSettings } from '../delivery/registry/carrier-settings.ts'
import { dialects } from '../dialects/index.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { purposesOf } from './purposes.ts'

/** The kinds of carriers; their settings name the purposes of these dialects. */
export const carrierKindsWith = (manifests: readonly DialectManifest[] = dialects): CarrierKind[] =>
  carrierKinds.map((kind) => withPurposes(kind, purposesOf(manifests).names))

/** Reads the settings of carriers on a server with these dialects. */
export const kindSettingsWith = (manifests: readonly DialectManifest[] = dialects): KindSettings =>
  createKindSettings(carrierKindsWith(manifests))
