import { renderCode } from './code-figure.ts'
import type { ExampleRequest } from './languages/language.ts'
import { languages } from './languages/index.ts'
import { renderTabs } from './render-tabs.ts'

/** The request in each language. */
export const renderRequest = (request: ExampleRequest, title: string): string =>
  renderTabs({
    title,
    name: `language-of-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    kind: 'languages',
    tabs: languages.map(({ id, name, highlighting, write }) => ({
      value: id,
      label: name,
      html: renderCode(write(request), highlighting, name),
    })),
  })
