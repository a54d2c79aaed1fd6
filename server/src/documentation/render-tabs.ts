import { escapeHtml } from '../http/escape-html.ts'

export type Tabs = {
  title: string
  name: string
  kind: string
  tabs: { value: string; label: string; html: string }[]
}

/** Radio buttons and style choose what is shown, so that it works without script. */
export function renderTabs({ title, name, kind, tabs }: Tabs): string {
  const parts = tabs.map(
    ({ value, label, html }, index) =>
      `<input type="radio" name="${name}" id="${name}-${value}" value="${value}"${index === 0 ? ' checked' : ''}><label for="${name}-${value}">${escapeHtml(label)}</label><div class="panel">${html}</div>`,
  )
  return `<fieldset class="tabs ${kind}"><legend>${escapeHtml(title)}</legend>${parts.join('\n')}</fieldset>`
}
