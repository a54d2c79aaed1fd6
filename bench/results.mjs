import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where results are written, unless `BENCH_RESULTS` names another directory; git ignores it. */
export const resultsDirectory =
  process.env.BENCH_RESULTS ?? join(dirname(fileURLToPath(import.meta.url)), 'results')

/**
 * Prints the tables of a benchmark and writes them, with the machine, the date and what they were made from. A table is
 * `{ title, head, rows }` of texts. `npm run bench:page` makes the page from the newest results. `pictures` are files
 * beside the result: the SVG by the end of their names.
 */
export function writeResult(name, { sizes, tables, notes = [], measured, pictures = {} }) {
  const at = new Date().toISOString()
  const machine = describeMachine()
  const result = { name, at, machine, sizes, tables, notes, pictures: Object.keys(pictures), measured }

  console.log(`\n${describeRun(result)}`)
  for (const table of tables) console.log(`\n${renderTable(table)}`)
  for (const note of notes) console.log(`\n${note}`)

  writeResultFile(name, result)
  const base = baseOf(result)
  for (const [end, svg] of Object.entries(pictures))
    writeFileSync(join(resultsDirectory, `${base}-${end}.svg`), svg)
}

/** Writes a result, which has the time `at` that it was finished, as JSON. */
export function writeResultFile(name, result) {
  mkdirSync(resultsDirectory, { recursive: true })
  const file = join(resultsDirectory, `${baseOf({ name, ...result })}.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`\nWritten to ${relative(process.cwd(), file)}`)
}

/** The name of a result's files, without their ends. */
const baseOf = ({ name, at }) => `${name}-${at.replace(/[:.]/g, '-')}`

function describeMachine() {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  }
}

/** One sentence: when, where and how much. */
export function describeRun({ at, machine, sizes }) {
  const { cores, model, memoryGigabytes, platform, node } = machine
  const parts = Object.entries(sizes).map(([name, value]) => `\`${name}=${value}\``)
  return `${at.slice(0, 10)}, ${cores} cores (${model}), ${memoryGigabytes} GB, ${platform}, Node ${node.slice(1)}, load generator and database on the same machine; ${parts.join(' ')}.`
}

/** A table in Markdown, with columns as wide as what is in them. */
export function renderTable({ title, head, rows }) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [`**${title}**`, '', line(head), rule, ...rows.map(line)].join('\n')
}

/** A number as people read it: `12,345`, `67.1`. */
export function show(number, digits = number < 100 ? 1 : 0) {
  return number.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A median with its spread: `79.8 (76.1–84.5)`. */
export function showSpread({ median, low, high }, digits = median < 100 ? 1 : 0) {
  return `${show(median, digits)} (${show(low, digits)}–${show(high, digits)})`
}
