import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderReference, renderSample } from '../config/render-reference.ts'
import { renderCarriers } from '../delivery/kinds/render-carriers.ts'
import { dialects } from '../dialects/index.ts'
import { carrierKindsWith } from './carrier-kinds.ts'

/*
 * Writes the generated pages: `node server/dist/composition/write-reference.js`.
 */

const directory = fileURLToPath(new URL('../../../docs', import.meta.url))
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'configuration.md'), renderReference(dialects))
writeFileSync(join(directory, 'watchword.sample.yaml'), renderSample(dialects))
writeFileSync(
  join(directory, 'carriers.md'),
  renderCarriers(
    carrierKindsWith(dialects),
    dialects.flatMap(({ purposes }) => purposes),
  ),
)
