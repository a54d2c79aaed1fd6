import { describeRun, renderTable } from './results.mjs'

/*
 * The sections of docs/benchmarks.md that results write. Each stands between two comments with the name of its benchmark.
 */

/** The page with the result in its section. */
export function withResult(page, result) {
  const begin = `<!-- ${result.name} -->\n`
  const end = `\n<!-- end of ${result.name} -->`
  const from = page.indexOf(begin)
  const until = page.indexOf(end)
  if (from < 0 || until < from) throw new Error(`docs/benchmarks.md has no section ${result.name}`)
  return `${page.slice(0, from + begin.length)}${renderSection(result)}${page.slice(until)}`
}

function renderSection(result) {
  const pictures = result.pictures.map((end) => `![${end}](${pictureOf(result, end)})`)
  return [describeRun(result), ...result.tables.map(renderTable), ...result.notes, ...pictures].join('\n\n')
}

/** The name of a picture beside the page. */
export const pictureOf = ({ name }, end) => `${name}-${end}.svg`
