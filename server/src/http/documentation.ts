import {
  documentationPolicy,
  type ExampleHeaders,
  type PageLink,
  renderDocumentationPage,
} from './documentation-page.ts'
import { answerKeptText, type KeptText, keepText } from './kept-text.ts'
import { onlyLocally } from './local-hosts.ts'
import { type OpenApiParts, renderOpenApi } from './openapi.ts'
import type { Page } from './page.ts'

export type DocumentationParts = Omit<OpenApiParts, 'publicUrl'> & {
  readPublicUrl: () => string
  links: PageLink[]
  /** What a reader of `/docs` may paste: the key of development. */
  exampleHeaders?: ExampleHeaders
}

/**
 * `/openapi.json` for machines and `/docs` for people; `/` redirects to the latter. Rendered once, on the first request,
 * because the public URL is not known in full before the server listens.
 */
export function createDocumentationPages({
  links,
  exampleHeaders,
  readPublicUrl,
  ...parts
}: DocumentationParts): Page[] {
  let rendered: { json: KeptText; html: KeptText } | null = null
  const render = () => {
    if (rendered !== null) return rendered
    const document = renderOpenApi({ ...parts, publicUrl: readPublicUrl() })
    rendered = {
      json: keepText(JSON.stringify(document)),
      html: keepText(renderDocumentationPage(document, links, exampleHeaders)),
    }
    return rendered
  }
  // A key is for readers on this machine, and not for a page of elsewhere whose name leads here.
  const guarded = (page: Page): Page =>
    exampleHeaders === undefined ? page : onlyLocally(page, readPublicUrl)
  return [
    {
      path: '/',
      respond: async () => ({
        status: 302,
        contentType: 'text/plain; charset=utf-8',
        text: 'The routes of this server are at docs\n',
        // Relative, because a proxy may serve us below a path of its own.
        headers: { location: 'docs' },
      }),
    },
    {
      path: '/openapi.json',
      respond: async ({ headers }) =>
        answerKeptText(render().json, 'application/json; charset=utf-8', headers),
    },
    guarded({
      path: '/docs',
      async respond({ headers }) {
        const answer = answerKeptText(render().html, 'text/html; charset=utf-8', headers)
        return { ...answer, headers: { ...answer.headers, 'content-security-policy': documentationPolicy } }
      },
    }),
  ]
}
