import type { MessageLocale } from '../../domain/locale.ts'
import { escapeHtml } from './markdown.ts'

/** What the layout shows. `bodyHtml` is already escaped; everything else is escaped here. */
export type MailContent = {
  locale: MessageLocale
  direction: 'ltr' | 'rtl'
  subject: string
  name: string
  colour: string | null
  logoUrl: string | null
  bodyHtml: string
}

const ink = '#16181d'
const fonts = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,'Noto Sans',sans-serif"

// Clients that support dark mode use these colours; those that invert colours themselves work well with plain ones. The
// head keeps its colour in both modes.
const style = `:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background-color: #0f1115 !important; }
  .card { background-color: #1b1e25 !important; color: #f2f3f5 !important; }
  .code { background-color: #2c313c !important; color: #ffffff !important; }
  .link { color: #8ab4f8 !important; }
}`

/**
 * The only layout of HTML mail: tables and inline styles, which every client renders alike (the comments are for
 * Outlook, which does not support max-width), no script, and no external resource except the project's logo.
 */
export function renderMailHtml(content: MailContent): string {
  const { locale, direction, subject, bodyHtml } = content
  const align = direction === 'rtl' ? 'right' : 'left'
  return `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
${style}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f4f6">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
<!--[if mso]><table role="presentation" width="480" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="card" lang="${locale}" dir="${direction}" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:480px;background-color:#ffffff;color:${ink};border-radius:12px;overflow:hidden">
${renderHead(content)}
<tr><td align="${align}" style="padding:24px 24px 8px;font-family:${fonts};font-size:16px;line-height:1.5">
${bodyHtml}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
`
}

/** The sender: the logo, on white because most are designed for it, and the name beside it. */
function renderHead({ direction, name, colour, logoUrl }: MailContent): string {
  const ground = colour ?? ink
  const align = direction === 'rtl' ? 'right' : 'left'
  // The name is beside it, so the picture adds nothing for a screen reader.
  const logo =
    logoUrl === null
      ? ''
      : `<td style="padding-inline-end:12px"><img src="${escapeHtml(logoUrl)}" alt="" height="32" style="display:block;height:32px;max-width:160px;padding:4px;border:0;border-radius:6px;background-color:#ffffff"></td>`
  return `<tr><td align="${align}" style="padding:16px 24px;background-color:${ground}">
<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>${logo}<td style="font-family:${fonts};font-size:18px;line-height:1.3;font-weight:700;color:${inkOn(ground)}">${escapeHtml(name)}</td></tr></table>
</td></tr>`
}

/** Black or white, whichever has more contrast with a colour (WCAG 2.2, relative luminance). */
function inkOn(colour: string): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  )
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return (luminance + 0.05) / (0.0075 + 0.05) > 1.05 / (luminance + 0.05) ? ink : '#ffffff'
}
