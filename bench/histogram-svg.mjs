import { beginOf, quantileOf } from './histogram.mjs'
import { show } from './results.mjs'

/*
 * Histograms as a picture: one panel each, all on the same scale of time, which is logarithmic. It follows the reader's choice
 * of light or dark, and says in words what it shows.
 */

const panel = { width: 420, height: 190, left: 20, top: 48, plotWidth: 380, plotHeight: 96 }
const columns = 2
const headHeight = 44
const style = `
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .title { font-size: 16px; font-weight: 600; fill: #1f2328 }
  .name { font-weight: 600; fill: #1f2328 }
  .ground { fill: #ffffff }
  .bar { fill: #2f6fdd }
  .axis { stroke: #8c959f }
  .mark { stroke: #bc4c00; stroke-dasharray: 3 3 }
  .of-mark { fill: #bc4c00; font-size: 11px }
  @media (prefers-color-scheme: dark) {
    text { fill: #9da7b3 }
    .title, .name { fill: #f0f6fc }
    .ground { fill: #0d1117 }
    .bar { fill: #6ea8fe }
    .mark { stroke: #f0883e }
    .of-mark { fill: #f0883e }
  }`

/** Draws `histograms`, each `{ name, histogram }`. */
export function drawHistograms(title, histograms) {
  const used = histograms.flatMap(({ histogram }) =>
    histogram.counts.flatMap((count, bucket) => (count > 0 ? [bucket] : [])),
  )
  const scale = createScale(Math.min(...used), Math.max(...used) + 1)
  const width = columns * panel.width
  const height = headHeight + Math.ceil(histograms.length / columns) * panel.height
  const panels = histograms.map(({ name, histogram }, index) => {
    const x = (index % columns) * panel.width
    const y = headHeight + Math.floor(index / columns) * panel.height
    return `<g transform="translate(${x} ${y})">${drawPanel(name, { histogram, scale })}</g>`
  })
  const words = histograms.map(({ name, histogram }) => `${name}: ${quantilesInWords(histogram)}.`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${title}</title>`,
    `<desc id="description">${words.join(' ')}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="title" x="${panel.left}" y="28">${title}</text>`,
    ...panels,
    '</svg>\n',
  ].join('\n')
}

const quantiles = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 }

const quantilesInWords = (histogram) =>
  Object.entries(quantiles)
    .map(([name, share]) => `${name} ${show(quantileOf(histogram, share))} ms`)
    .join(', ')

/** Where a bucket and a time stand in a panel, between the first bucket of all panels and the last. */
function createScale(first, last) {
  const pixelsPerBucket = panel.plotWidth / (last - first)
  const logarithm = (milliseconds) => Math.log10(milliseconds / beginOf(first))
  const decades = Math.log10(beginOf(last) / beginOf(first))
  return {
    pixelsPerBucket,
    bucketX: (bucket) => panel.left + (bucket - first) * pixelsPerBucket,
    timeX: (milliseconds) => panel.left + (logarithm(milliseconds) / decades) * panel.plotWidth,
    ticks: [0.1, 1, 10, 100, 1_000, 10_000, 100_000].filter(
      (tick) => tick >= beginOf(first) * 0.999 && tick <= beginOf(last) * 1.001,
    ),
  }
}

function drawPanel(name, { histogram, scale }) {
  const bottom = panel.top + panel.plotHeight
  const highest = Math.max(...histogram.counts)
  const bars = histogram.counts.flatMap((count, bucket) => {
    if (count === 0) return []
    // A single answer of a hundred thousand is still seen.
    const height = Math.max(1, (count / highest) * panel.plotHeight)
    const x = scale.bucketX(bucket).toFixed(1)
    return `<rect class="bar" x="${x}" y="${(bottom - height).toFixed(1)}" width="${Math.max(1, scale.pixelsPerBucket - 1).toFixed(1)}" height="${height.toFixed(1)}"/>`
  })
  const marks = Object.values(quantiles).map((share) => {
    const x = scale.timeX(quantileOf(histogram, share)).toFixed(1)
    return `<line class="mark" x1="${x}" x2="${x}" y1="${panel.top - 4}" y2="${bottom}"/>`
  })
  const ticks = scale.ticks.map((tick) => {
    const x = scale.timeX(tick).toFixed(1)
    const text = tick < 1_000 ? `${tick} ms` : `${tick / 1_000} s`
    return `<line class="axis" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/><text x="${x}" y="${bottom + 18}" text-anchor="middle">${text}</text>`
  })
  return [
    `<text class="name" x="${panel.left}" y="20">${name}</text>`,
    `<text class="of-mark" x="${panel.left}" y="36">${quantilesInWords(histogram)}</text>`,
    ...bars,
    ...marks,
    `<line class="axis" x1="${panel.left}" x2="${panel.left + panel.plotWidth}" y1="${bottom}" y2="${bottom}"/>`,
    ...ticks,
  ].join('')
}
