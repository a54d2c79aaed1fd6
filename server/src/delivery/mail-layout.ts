import type { Locale } from '../domain/locale.ts'

/** What the layout shows. Plain text: everything is escaped here. */
export type MailContent = {
  locale: Locale
  direction: 'ltr' | 'rtl'
  subject: string
  code: string | null
  paragraphs: readonly [first: string, ...rest: string[]]
}

/**
 * The one layout of HTML mail. No image, link, script or outside resource: it looks the same everywhere, follows dark
 * mode (colours that read on both grounds, both declared), and nothing in it tells a third party that it was opened.
 */
export function renderMailHtml({ locale, direction, subject, code, paragraphs }: MailContent): string {
  const [first, ...rest] = paragraphs
  const blocks = [paragraph(first), ...(code === null ? [] : [codeBlock(code)]), ...rest.map(paragraph)]
  return `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .card { background: #16181d !important; color: #f2f3f5 !important; }
  .code { background: #2a2e37 !important; color: #ffffff !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#ffffff;color:#16181d">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:480px;background:#ffffff;color:#16181d">
<tr><td style="padding:0 12px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
${blocks.join('\n')}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

/** The same as plain text, the code alone on its line. */
export function renderMailText({ code, paragraphs }: Pick<MailContent, 'code' | 'paragraphs'>): string {
  const [first, ...rest] = paragraphs
  const blocks = [first, ...(code === null ? [] : [code]), ...rest]
  return `${blocks.join('\n\n')}\n`
}

const paragraph = (text: string): string => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`

// One run of digits spaced by style, so that a double click copies it whole. The label is what a screen reader says: digit
// by digit, where it would otherwise read a number in the hundred thousands.
const codeBlock = (code: string): string =>
  `<p class="code" dir="ltr" style="margin:0 0 16px;padding:16px;border-radius:8px;background:#eef0f4;color:#16181d;text-align:center"><span role="img" aria-label="${escapeHtml([...code].join(' '))}" style="font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:32px;font-weight:700;letter-spacing:6px;white-space:nowrap">${escapeHtml(code)}</span></p>`

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
