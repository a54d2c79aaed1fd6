import { escapeHtml } from '../http/escape-html.ts'
import { highlight } from './highlight.ts'

/** A block of code under its caption. The script adds the button that copies it; the block itself can be scrolled by keyboard. */
export const renderCode = (code: string, language: string, caption = language): string =>
  `<figure class="code"><figcaption>${escapeHtml(caption)}</figcaption><pre tabindex="0"><code>${highlight(code, language)}</code></pre></figure>`
