import type { DialectManifest } from '../http/dialect-manifest.ts'
import { account } from './account/index.ts'
import { citizen } from './citizen/index.ts'
import { kikapu } from './kikapu/index.ts'
import { mobile } from './mobile/index.ts'
import { service } from './service/index.ts'

/** Every dialect. A new one needs its folder and a line here. Development mounts them in this order. */
export const dialects: readonly DialectManifest[] = [service, account, mobile, kikapu, citizen]
