/**
 * `npm run bench:page`: writes the newest result of each benchmark in bench/results/ into docs/benchmarks.md, and its pictures
 * beside that page. A benchmark without a result keeps the section that it has.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pictureOf, withResult } from './render-page.mjs'
import { resultsDirectory } from './results.mjs'

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs')
const page = join(docs, 'benchmarks.md')
const names = ['bench', 'growth', 'peers', 'open']

let text = readFileSync(page, 'utf8')
for (const name of names) {
  const base = newestOf(name)
  if (base === null) {
    console.log(`${name}: no result, its section stays`)
    continue
  }
  const result = JSON.parse(readFileSync(join(resultsDirectory, `${base}.json`), 'utf8'))
  text = withResult(text, result)
  for (const end of result.pictures)
    copyFileSync(join(resultsDirectory, `${base}-${end}.svg`), join(docs, pictureOf(result, end)))
  console.log(`${name}: ${base}`)
}
writeFileSync(page, text)

/** The name of the newest result, without its end. Their names have the time in them, so the last is the newest. */
function newestOf(name) {
  if (!existsSync(resultsDirectory)) return null
  const files = readdirSync(resultsDirectory).filter((file) =>
    new RegExp(`^${name}-\\d.*\\.json$`).test(file),
  )
  return files.sort().at(-1)?.slice(0, -'.json'.length) ?? null
}
