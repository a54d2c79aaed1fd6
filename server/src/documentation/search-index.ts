import { type Guides, capitalize } from './guides.ts'
import { guideAddress } from './layout.ts'
import type { Api } from './operations.ts'
import { readSections } from './render-markdown.ts'

/**
 * What a search finds, in short names because it is sent to every reader who searches: the title of the page, the heading,
 * the address without its first slash, and the words below the heading.
 */
export type SearchEntry = { t: string; h: string; a: string; x: string; k: 'guide' | 'reference' }

/** Every section of every guide and every route. */
export function createSearchIndex(guides: Pick<Guides, 'all'>, apis: Api[]): SearchEntry[] {
  const written = guides.all
    .filter(({ file }) => file.endsWith('.md'))
    .flatMap(({ slug, title, text }) =>
      readSections(text).map(
        ({ heading, anchor, text: words }): SearchEntry => ({
          t: title,
          h: heading,
          a: guideAddress(slug).slice(1) + (anchor === '' ? '' : `#${anchor}`),
          x: words,
          k: 'guide',
        }),
      ),
    )
  const routes = apis.flatMap(({ title, entries }) =>
    entries.map(
      ({ address, method, path, operation }): SearchEntry => ({
        t: capitalize(title),
        h: operation.summary,
        a: address.slice(1),
        x: `${method} ${path} ${operation.description ?? ''} ${namesOf(operation)}`,
        k: 'reference',
      }),
    ),
  )
  return [...routes, ...written]
}

/** The fields and parameters of a route, and what its errors say. */
function namesOf({ parameters, requestBody, responses }: Api['entries'][number]['operation']): string {
  const bodies = Object.values(requestBody?.content ?? {}).map(
    ({ schema }) => schema as { properties?: object },
  )
  const fields = bodies.flatMap(({ properties = {} }) => Object.keys(properties))
  const messages = Object.values(responses)
    .flatMap(({ content = {} }) => Object.values(content))
    .flatMap(({ examples = {} }) => Object.values(examples))
    .map(({ value }) => (value as { message?: unknown } | null)?.message)
    .filter((message) => typeof message === 'string')
  return [...new Set([...parameters.map(({ name }) => String(name)), ...fields, ...messages])].join(' ')
}
