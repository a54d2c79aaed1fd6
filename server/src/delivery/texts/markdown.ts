import { Marked, type Token, type Tokens } from 'marked'
import { placeholders } from './placeholders.ts'

/*
 * Mail supports a small part of Markdown: paragraphs, headings, lists, emphasis, links, line breaks. The library parses
 * it; the output is written here, token by token and escaped, so it cannot contain anything else.
 */

// No HTML: without tags, a "<" is an ordinary character, and the text after it is still Markdown.
const marked = new Marked({ gfm: false }).use({ tokenizer: { html: () => undefined, tag: () => undefined } })

/** The blocks of a text. A paragraph of `{code}` alone is the code, shown large. */
export const parseMarkdown = (text: string): Token[] => marked.lexer(text)

/** What mail does not support, and what to write instead. HTML is not listed: it is shown as text. */
const refused: Record<string, string> = {
  image: 'shows a picture; mail shows the project’s logo and no other, so that opening it tells nobody',
  code: 'begins with four spaces or a fence, which is code in Markdown; write it without',
  blockquote: 'begins with ">", which is a quotation in Markdown; write it without, or as \\>',
  def: 'defines a link apart; write it as [words](https://…)',
}

const linkRefusal =
  'is a link to something else than a fixed https:// or mailto: address; write one out, without placeholders'

/** The pieces of a text that cannot be sent. */
export function findUnsupported(tokens: readonly Token[]): { piece: string; message: string }[] {
  return tokens.flatMap((token) => {
    const message = token.type === 'link' && !isSafeLink(token.href) ? linkRefusal : refused[token.type]
    if (message !== undefined) return [{ piece: token.raw.trim(), message }]
    return findUnsupported(childrenOf(token))
  })
}

const childrenOf = (token: Token): readonly Token[] =>
  token.type === 'list' ? (token as Tokens.List).items : ((token as Tokens.Generic).tokens ?? [])

const isSafeLink = (href: string): boolean => /^(https:\/\/|mailto:)[\x21-\x7E]+$/i.test(href)

const codeStyle =
  "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Courier New',monospace;font-size:32px;line-height:40px;font-weight:700;letter-spacing:6px;padding-left:6px;white-space:nowrap"

// One run of digits, spaced by style, so that a double click selects all of it. The label makes a screen reader say it
// digit by digit, and not as a number in the hundred thousands.
const codeBlock = `<p class="code" dir="ltr" style="margin:0 0 16px;padding:16px 8px;border-radius:8px;background-color:#eef0f4;color:#16181d;text-align:center"><span role="img" aria-label="${placeholders.spelledCode}" style="${codeStyle}">${placeholders.code}</span></p>`

/** The blocks as HTML with inline styles, because many mail clients drop all others. Placeholders stay. */
export const renderBlocksHtml = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => renderBlockHtml(token))
    .filter((block) => block !== '')
    .join('\n')

function renderBlockHtml(token: Token): string {
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'heading': {
      const { depth } = token as Tokens.Heading
      const size = depth === 1 ? 22 : 18
      return `<h${depth} style="margin:0 0 12px;font-size:${size}px;line-height:1.3">${inline(token)}</h${depth}>`
    }
    case 'list': {
      const { ordered, items, start } = token as Tokens.List
      const name = ordered ? 'ol' : 'ul'
      const begin = ordered && Number(start) > 1 ? ` start="${Number(start)}"` : ''
      const lines = items.map((item) => `<li style="margin:0 0 4px">${renderItem(item)}</li>`)
      return `<${name}${begin} style="margin:0 0 16px;padding-inline-start:24px">${lines.join('')}</${name}>`
    }
    case 'hr':
      return '<hr style="border:0;border-top:1px solid #c9ced8;margin:0 0 16px">'
    case 'paragraph':
      return token.raw.trim() === placeholders.code ? codeBlock : paragraph(inline(token))
    default:
      return paragraph(inline(token))
  }
}

const paragraph = (html: string): string => `<p style="margin:0 0 16px">${html}</p>`

/** An item of a tight list contains text, one of a loose list paragraphs. */
const renderItem = ({ tokens }: Tokens.ListItem): string =>
  tokens.map((token) => (token.type === 'text' ? inline(token) : renderBlockHtml(token))).join('')

/** The content of a block, or its own text if it has no tokens. */
function inline(token: Token): string {
  const inner = childrenOf(token)
  return inner.length === 0 ? renderText(token) : inner.map(renderSpan).join('')
}

function renderSpan(token: Token): string {
  switch (token.type) {
    case 'strong':
      return `<strong>${inline(token)}</strong>`
    case 'em':
      return `<em>${inline(token)}</em>`
    case 'br':
      return '<br>'
    case 'link':
      return isSafeLink(token.href)
        ? `<a href="${escapeHtml(token.href)}" class="link" style="color:#0b57d0;text-decoration:underline">${inline(token)}</a>`
        : inline(token)
    default:
      return renderText(token)
  }
}

const renderText = (token: Token): string => escapeHtml(sourceOf(token))

/** Unsupported markup stays as the characters that it was written with. */
const sourceOf = (token: Token): string =>
  ['text', 'escape', 'codespan'].includes(token.type) ? (token as Tokens.Text).text : token.raw.trimEnd()

/** The blocks as plain text, with the code alone on its line. Placeholders stay. */
export const renderBlocksText = (tokens: readonly Token[]): string =>
  `${tokens
    .map(renderBlockText)
    .filter((block) => block !== '')
    .join('\n\n')}\n`

function renderBlockText(token: Token): string {
  if (token.type === 'space' || token.type === 'def') return ''
  if (token.type === 'hr') return '---'
  if (token.type !== 'list') return inlineText(token)
  const { ordered, items, start } = token as Tokens.List
  const first = Number(start) || 1
  return items
    .map((item, index) => {
      const blocks = item.tokens.map(renderBlockText).filter((block) => block !== '')
      return `${ordered ? `${first + index}.` : '-'} ${blocks.join('\n  ')}`
    })
    .join('\n')
}

function inlineText(token: Token): string {
  const inner = childrenOf(token)
  if (token.type === 'br') return '\n'
  if (inner.length === 0) return sourceOf(token)
  const text = inner.map(inlineText).join('')
  return token.type === 'link' && text !== token.href ? `${text} (${token.href})` : text
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes a text for HTML, in an element or an attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
