import { Marked, type Token, type Tokens } from 'marked'
import { escapeHtml } from '../http/escape-html.ts'
import { renderCode } from './code-figure.ts'

/*
 * The pages in Markdown as HTML. The library parses; what it does not know how to write here is written below, so that a
 * page cannot contain HTML of its own.
 */

export type Heading = { depth: number; text: string; anchor: string }
export type RenderedMarkdown = { html: string; headings: Heading[] }

/** A part of a page that a search can lead to: the words below one heading. */
export type Section = { heading: string; anchor: string; text: string }

export type MarkdownParts = {
  /** The address of a link, or null when it leads to nothing that this server has. */
  resolveLink: (target: string) => string | null
  /** Changes a block of code before it is shown. */
  fillIn: (code: string) => string
}

/** Renders a page. */
export function renderMarkdown(text: string, { resolveLink, fillIn }: MarkdownParts): RenderedMarkdown {
  const headings: Heading[] = []
  const anchorOf = createAnchors()
  const marked = new Marked({ gfm: true }).use({
    renderer: {
      html: () => '',
      heading({ tokens, depth, text: source }) {
        const anchor = anchorOf(source)
        headings.push({ depth, text: plainText(tokens), anchor })
        const inner = this.parser.parseInline(tokens)
        if (depth === 1) return `<h1>${inner}</h1>\n`
        return `<h${depth} id="${anchor}"><a class="anchor" href="#${anchor}">${inner}</a></h${depth}>\n`
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens)
        const target = resolveLink(href)
        return target === null ? inner : `<a href="${escapeHtml(target)}">${inner}</a>`
      },
      image: ({ text: described }) => escapeHtml(described),
      code: ({ text: code, lang = '' }) => `${renderCode(fillIn(code), lang, captionOf(lang))}\n`,
      table(table) {
        // Wide tables scroll within their frame, also by keyboard, and the page does not.
        return `<div class="table" tabindex="0">${renderTable(table, (tokens) => this.parser.parseInline(tokens))}</div>\n`
      },
    },
  })
  const html = marked.parse(text, { async: false })
  return { html, headings }
}

const captions: Record<string, string> = {
  '': 'text',
  sh: 'shell',
  bash: 'shell',
  json: 'JSON',
  yaml: 'YAML',
  sql: 'SQL',
}
const captionOf = (language: string): string => captions[language] ?? language

function renderTable({ header, rows }: Tokens.Table, inline: (tokens: Token[]) => string): string {
  // A column without a name, as of the rows' own names, has no header.
  const head = header
    .map(({ tokens, text }) => (text === '' ? '<td></td>' : `<th scope="col">${inline(tokens)}</th>`))
    .join('')
  const body = rows.map((row) => `<tr>${row.map(({ tokens }) => `<td>${inline(tokens)}</td>`).join('')}</tr>`)
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`
}

/** The anchors of headings as forges make them, which the links between pages follow; a repeated one gets a number. */
function createAnchors(): (heading: string) => string {
  const used = new Map<string, number>()
  return (heading) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const times = used.get(anchor) ?? 0
    used.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  }
}

/** The sections of a page, in order; the first one is what stands before all headings but the title. */
export function readSections(text: string): Section[] {
  const anchorOf = createAnchors()
  const sections: Section[] = [{ heading: '', anchor: '', text: '' }]
  for (const token of new Marked({ gfm: true }).lexer(text)) {
    if (token.type === 'heading') {
      const { depth, text: source, tokens } = token as Tokens.Heading
      const anchor = anchorOf(source)
      if (depth > 1) sections.push({ heading: plainText(tokens), anchor, text: '' })
      continue
    }
    const section = sections.at(-1)
    if (section !== undefined) section.text = `${section.text} ${plainText([token])}`.trim()
  }
  return sections
}

/** The words of tokens without markup. */
function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'html') return ''
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table
        return [header, ...rows]
          .flat()
          .map((cell) => plainText(cell.tokens))
          .join(' ')
      }
      if (token.type === 'list')
        return (token as Tokens.List).items.map((item) => plainText(item.tokens)).join(' ')
      const inner = (token as Tokens.Generic).tokens
      if (inner !== undefined && inner.length > 0) return plainText(inner)
      return 'text' in token ? String(token.text) : ''
    })
    .join('')
    .replace(/\s+/g, ' ')
}
