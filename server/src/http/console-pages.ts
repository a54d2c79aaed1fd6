import type { BuiltFiles } from './built-files.ts'
import { escapeHtml } from './escape-html.ts'
import { answerKeptText, type KeptText, keepText } from './kept-text.ts'
import type { Page } from './page.ts'

export type ConsoleParts = {
  files: BuiltFiles
  readPublicUrl: () => string
  /** Development has an inbox and a demo key, which its pages may use. */
  isDevelopment: boolean
}

/** Only files of this server, no inline script or style, and no frame but the mail of the inbox. */
const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * `/console` and everything below it: the files that were built, and for every other path the index, because the pages of
 * the console are addresses that its script reads.
 */
export function createConsolePages({ files, readPublicUrl, isDevelopment }: ConsoleParts): Page[] {
  let index: KeptText | null = null
  const respond: Page['respond'] = async ({ params, headers }) => {
    const path = params['*'] ?? ''
    const file = path === 'index.html' ? null : files.answer(path, headers)
    if (file !== null) return file
    if (/^assets\/|\.\w+$/.test(path)) return noSuchFile
    index ??= keepText(renderIndex(files.read('index.html'), readPublicUrl(), isDevelopment))
    const answer = answerKeptText(index, 'text/html; charset=utf-8', headers)
    return { ...answer, headers: { ...answer.headers, 'content-security-policy': consolePolicy } }
  }
  return [
    { path: '/console', title: 'Console', respond },
    { path: '/console/*', respond },
  ]
}

const noSuchFile = {
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  text: 'The console has no such file: reload the page.\n',
}

/** Writes into the index where the console is, as a proxy may serve us below a path of its own, and what it may use. */
function renderIndex(html: string, publicUrl: string, isDevelopment: boolean): string {
  const path = new URL(publicUrl).pathname.replace(/\/$/, '')
  return html
    .replace('<base href="/console/"', `<base href="${escapeHtml(path)}/console/"`)
    .replace('content="production"', `content="${isDevelopment ? 'development' : 'production'}"`)
}
