import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { Call } from '../http/dialect.ts'
import { answerKeptText, type KeptText, keepText } from '../http/kept-text.ts'
import { onlyLocally } from '../http/local-hosts.ts'
import type { CreateReadingPages } from '../http/openapi-page.ts'
import type { Page } from '../http/page.ts'
import type { TextAnswer } from '../http/replies.ts'
import type { ExampleHeaders } from './example-request.ts'
import { type Guides, readGuides } from './guides.ts'
import { guideAddress, type Reading, readingPolicy, renderLayout, type Site } from './layout.ts'
import { readApis } from './operations.ts'
import { renderFirstPage, type Trial } from './render-first-page.ts'
import { renderGuidePage } from './render-guide.ts'
import { renderApiPage, renderEntryPage } from './render-reference.ts'
import { createSearchIndex } from './search-index.ts'

/*
 * The place to read: `/docs` with the written guides and the reference of every route, and in development a first page at
 * `/`. Everything is text of this server, so it works without a network. This folder owns how it looks; what is true about
 * the routes comes from the OpenAPI document, and what is true about the rest from docs/.
 */

export type ReadingParts = {
  version: string
  /** What newcomers may try, with the key of the demo; null in production. */
  trial: Trial | null
}

/** Makes the pages. Each is rendered when it is first asked for, and kept. */
export const createReadingPages =
  ({ version, trial }: ReadingParts): CreateReadingPages =>
  ({ readDocument, readPublicUrl, links }) => {
    const readLibrary = once(() =>
      createLibrary({ version, trial, document: readDocument(), links, url: readPublicUrl() }),
    )
    const respondAt = async (address: string, headers: Call['headers']) =>
      readLibrary().answer(address, headers)
    const pages: Page[] = [
      trial === null ? redirectToDocs : { path: '/', respond: ({ headers }) => respondAt('/', headers) },
      { path: '/docs', respond: ({ headers }) => respondAt('/docs', headers) },
      { path: '/docs/*', respond: ({ params, headers }) => respondAt(`/docs/${params['*']}`, headers) },
    ]
    // A key is for readers on this machine, and not for a page of elsewhere whose name leads here.
    return trial === null ? pages : pages.map((page) => onlyLocally(page, readPublicUrl))
  }

const redirectToDocs: Page = {
  path: '/',
  respond: async () => redirect('docs'),
}

/** Relative, because a proxy may serve us below a path of its own. */
const redirect = (location: string): TextAnswer => ({
  status: 302,
  contentType: 'text/plain; charset=utf-8',
  text: `What you look for is at ${location}\n`,
  headers: { location },
})

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

type Library = { answer: (address: string, headers: Call['headers']) => TextAnswer }

type LibraryParts = ReadingParts & {
  document: ReturnType<Parameters<CreateReadingPages>[0]['readDocument']>
  links: Site['links']
  url: string
}

const html = 'text/html; charset=utf-8'
type Kept = { contentType: string; kept: KeptText }

/** Everything that can be read, by address. */
function createLibrary(parts: LibraryParts): Library {
  const guides = readGuides()
  const apis = readApis(parts.document)
  const site: Site = {
    version: parts.version,
    guides,
    apis,
    links: parts.links,
    hasFirstPage: parts.trial !== null,
  }
  const readings = readingsOf({ ...parts, guides, apis })
  const assets = assetsOf({ guides, apis })
  const known = new Map<string, Kept>()

  const keep = (address: string): Kept | null => {
    const asset = assets.get(address)
    if (asset !== undefined) return { contentType: asset.contentType, kept: keepText(asset.read()) }
    const render = readings.get(address)
    return render === undefined ? null : { contentType: html, kept: keepText(renderLayout(site, render())) }
  }

  return {
    answer(address, headers) {
      const found = known.get(address) ?? keep(address)
      if (found === null)
        return readings.has(bare(address)) ? redirectTo(bare(address)) : notFound(site, address)
      known.set(address, found)
      const answer = answerKeptText(found.kept, found.contentType, headers)
      return { ...answer, headers: { ...answer.headers, 'content-security-policy': readingPolicy } }
    },
  }
}

/** How each page is rendered, by its address. */
function readingsOf({
  document,
  url,
  trial,
  guides,
  apis,
}: LibraryParts & { guides: Guides; apis: Site['apis'] }): Map<string, () => Reading> {
  const exampleHeaders: ExampleHeaders | null = trial?.headers ?? null
  const guideParts = { guides, url, exampleHeaders }
  const reference = {
    components: document.components,
    url,
    exampleHeaders,
    hasGuide: (slug: string) => guides.find(slug) !== null,
  }
  return new Map<string, () => Reading>([
    ...(trial === null ? [] : [['/', () => renderFirstPage({ trial, url })] as const]),
    ...guides.all.map(
      (guide) => [guideAddress(guide.slug), () => renderGuidePage(guide, guideParts)] as const,
    ),
    ...apis.flatMap((api) => [
      [api.address, () => renderApiPage(api, reference)] as const,
      ...api.entries.map((entry) => [entry.address, () => renderEntryPage(api, entry, reference)] as const),
    ]),
  ])
}

type Asset = { contentType: string; read: () => string }

const readAsset = (name: string) => () => readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8')

const assetsOf = ({ guides, apis }: { guides: Guides; apis: Site['apis'] }): Map<string, Asset> =>
  new Map([
    ['/docs/style.css', { contentType: 'text/css; charset=utf-8', read: readAsset('style.css') }],
    ['/docs/script.js', { contentType: 'text/javascript; charset=utf-8', read: readAsset('script.js') }],
    [
      '/docs/search.json',
      {
        contentType: 'application/json; charset=utf-8',
        read: () => JSON.stringify(createSearchIndex(guides, apis)),
      },
    ],
  ])

const bare = (address: string): string => address.replace(/\/$/, '')

/** Where a reader has put a slash behind the address of a page. */
const redirectTo = (address: string): TextAnswer => redirect(`../${posix.basename(address)}`)

/** A page that is not there, with the list of those that are. */
function notFound(site: Site, address: string): TextAnswer {
  const text = renderLayout(site, {
    address,
    title: 'Not found',
    kind: 'guide',
    main: '<h1>There is no such page</h1>\n<p class="lead">The list has every page, and the search finds words in all of them.</p>',
  })
  return { status: 404, contentType: html, text, headers: { 'content-security-policy': readingPolicy } }
}
