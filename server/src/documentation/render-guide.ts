import { posix } from 'node:path'
import { escapeHtml } from '../http/escape-html.ts'
import { renderCode } from './code-figure.ts'
import type { ExampleHeaders } from './example-request.ts'
import type { Guide, Guides } from './guides.ts'
import { guideAddress, type Reading } from './layout.ts'
import { relativeLink } from './relative-link.ts'
import { renderSentence } from './render-fields.ts'
import { type Heading, renderMarkdown } from './render-markdown.ts'

export type GuideParts = {
  guides: Pick<Guides, 'ofFile'>
  url: string
  /** In development what the examples have in the place of a key; null elsewhere. */
  exampleHeaders: ExampleHeaders | null
}

/** The page of a guide, with the list of its headings. */
export function renderGuidePage(guide: Guide, parts: GuideParts): Reading {
  const address = guideAddress(guide.slug)
  const frame = { address, title: guide.title, kind: 'guide' as const }
  if (!guide.file.endsWith('.md')) return { ...frame, main: renderFile(guide) }

  const { html, headings } = renderMarkdown(guide.text, {
    resolveLink: (target) => resolveLink(target, { address, guide, ...parts }),
    fillIn: (code) => fillIn(code, parts),
  })
  return {
    ...frame,
    main: withLead(html, guide),
    ...(headings.length > 2 ? { contents: renderContents(headings) } : {}),
  }
}

const renderFile = ({ title, file, text }: Guide): string =>
  `<h1>${escapeHtml(title)}</h1>\n<p class="lead">After this page you have the whole file to copy.</p>\n${renderCode(text, file.endsWith('.yaml') ? 'yaml' : 'text', title)}`

/**
 * Every page begins with what its reader can do after it. Most say it in their first sentence; of the others the lists of
 * pages say what is in them.
 */
function withLead(html: string, { about, file }: Pick<Guide, 'about' | 'file'>): string {
  if (/<\/h1>\s*<p>After this page you /.test(html)) return html.replace('<p>', '<p class="lead">')
  const known = file === 'README.md' ? 'what Watchword is and have sent a first code' : about
  return known === null
    ? html
    : html.replace('</h1>', `</h1>\n<p class="lead">After this page you know ${renderSentence(known)}.</p>`)
}

/** A link between files of the repository leads to their pages; the source is on no server. */
function resolveLink(
  target: string,
  { address, guide, guides }: { address: string; guide: Guide; guides: GuideParts['guides'] },
): string | null {
  if (/^[a-z]+:/.test(target)) return target
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? guide.file : posix.join(posix.dirname(guide.file), path)
  const found = guides.ofFile(file)
  if (found === null) return null
  return relativeLink(address, guideAddress(found.slug) + (anchor === undefined ? '' : `#${anchor}`))
}

/** The address of this server and the key of the demo in the place of what a reader would have to fill in. */
function fillIn(code: string, { url, exampleHeaders }: Pick<GuideParts, 'url' | 'exampleHeaders'>): string {
  const key = exampleHeaders?.['x-api-key']
  if (key === undefined) return code
  return code
    .replaceAll('<your_api_key>', key)
    .replace(/\$key\b/g, key)
    .replace(/(?<![\w/])(http:\/\/)?(localhost|127\.0\.0\.1):3000\b/g, url)
}

const renderContents = (headings: Heading[]): string =>
  `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>${headings
    .filter(({ depth }) => depth === 2 || depth === 3)
    .map(
      ({ depth, text, anchor }) =>
        `<li class="depth-${depth}"><a href="#${anchor}">${escapeHtml(text)}</a></li>`,
    )
    .join('')}</ul></nav>`
