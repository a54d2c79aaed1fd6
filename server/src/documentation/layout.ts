import { escapeHtml } from '../http/escape-html.ts'
import type { PageLink } from '../http/openapi-page.ts'
import type { GuideGroup, GuideLink, Guides } from './guides.ts'
import type { Api } from './operations.ts'
import { relativeLink } from './relative-link.ts'

/** Only our own style, script and answers: nothing inline, nothing of another origin, no frame around it. */
export const readingPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** What all pages of a server have in common. */
export type Site = {
  version: string
  guides: Pick<Guides, 'groups' | 'decisions'>
  apis: Api[]
  links: PageLink[]
  /** Whether `/` is a page of its own, as in development. */
  hasFirstPage: boolean
}

/** One page. `contents` lists its headings beside the text; `kind` chooses the columns. */
export type Reading = {
  address: string
  title: string
  kind: 'guide' | 'reference'
  main: string
  contents?: string
}

/** A page with the list of all pages and the search. */
export function renderLayout(site: Site, { address, title, kind, main, contents }: Reading): string {
  const to = (path: string) => escapeHtml(relativeLink(address, path))
  const others = [...site.links, { path: '/openapi.json', title: 'openapi.json' }].map(
    (link) => `<a href="${to(link.path)}">${escapeHtml(link.title)}</a>`,
  )
  return `<!doctype html>
<html lang="en" data-root="${to('/')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Watchword</title>
<link rel="stylesheet" href="${to('/docs/style.css')}">
<script src="${to('/docs/script.js')}" defer></script>
</head>
<body class="${kind}${contents === undefined ? '' : ' with-contents'}">
<a class="skip" href="#content">Skip to the text</a>
<header class="head">
<button type="button" class="menu" popovertarget="list">Pages</button>
<a class="brand" href="${to(site.hasFirstPage ? '/' : '/docs')}">Watchword <span>${escapeHtml(site.version)}</span></a>
<form class="search" role="search"><input type="search" id="search" name="q" aria-label="Search guides and reference" placeholder="Search guides and reference" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd><div class="results" hidden></div><p class="found" role="status"></p></form>
<p class="others">${others.join('')}</p>
</header>
<nav id="list" popover aria-label="All pages">
${renderList(site, address)}
</nav>
<main id="content" tabindex="-1">
${main}
</main>
${contents ?? ''}
</body>
</html>
`
}

/** The list of all pages. Of the routes and the decisions only those beside the current page are listed. */
function renderList({ guides, apis, hasFirstPage }: Site, address: string): string {
  const item = (path: string, html: string, inner = '') =>
    `<li><a href="${escapeHtml(relativeLink(address, path))}"${path === address ? ' aria-current="page"' : ''}>${html}</a>${inner}</li>`
  const list = (items: string[]) => `<ul>${items.join('')}</ul>`
  const section = (title: string, items: string[]) => `<h2>${escapeHtml(title)}</h2>\n${list(items)}`
  const guide = ({ slug, title }: GuideLink) => {
    const path = guideAddress(slug)
    const isOpen = slug === 'decisions' && address.startsWith('/docs/decisions')
    return item(
      path,
      escapeHtml(title),
      isOpen
        ? list(guides.decisions.map(({ slug, title }) => item(guideAddress(slug), escapeHtml(title))))
        : '',
    )
  }
  const api = ({ address: path, title, entries }: Api) => {
    const isOpen = address === path || address.startsWith(`${path}/`)
    const routes = entries.map((entry) => item(entry.address, renderEntryName(entry)))
    return item(path, escapeHtml(title), isOpen ? list(routes) : '')
  }
  const start = [
    ...(hasFirstPage ? [item('/', 'First steps')] : []),
    item('/docs', 'Overview'),
    item(guideAddress('readme'), 'What it is'),
  ]
  return [
    section('Start', start),
    section('API reference', apis.map(api)),
    ...guides.groups.map((group: GuideGroup) => section(`Guides · ${group.title}`, group.links.map(guide))),
  ].join('\n')
}

const renderEntryName = ({ method, operation }: Api['entries'][number]): string =>
  `<span class="method ${method.toLowerCase()}">${method}</span> ${escapeHtml(operation.summary)}`

/** The address of a guide. */
export const guideAddress = (slug: string): string => (slug === '' ? '/docs' : `/docs/${slug}`)
