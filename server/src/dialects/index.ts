import type { DialectManifest } from '../http/dialect-manifest.ts'
import { account } from './account/index.ts'
import { citizen } from './citizen/index.ts'
import { kikapu } from './kikapu/index.ts'
import { mobile } from './mobile/index.ts'
import { service } from './service/index.ts'

/** Every dialect. Adding one is its folder and a line here; development mounts them in this order. */
export const dialects: readonly DialectManifest[] = [service, account, mobile, kikapu, citizen]
