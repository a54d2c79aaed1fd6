import { documentationPolicy, type PageLink, renderDocumentationPage } from './documentation-page.ts'
import { type OpenApiParts, renderOpenApi } from './openapi.ts'
import type { Page } from './page.ts'

export type DocumentationParts = Omit<OpenApiParts, 'publicUrl'> & {
  readPublicUrl: () => string
  links: PageLink[]
}

/**
 * `/openapi.json` for machines and `/docs` for people; `/` redirects to the latter. Rendered once, on the first request,
 * because the public URL is not known in full before the server listens.
 */
export function createDocumentationPages({ links, readPublicUrl, ...parts }: DocumentationParts): Page[] {
  let rendered: { json: string; html: string } | null = null
  const render = () => {
    if (rendered !== null) return rendered
    const document = renderOpenApi({ ...parts, publicUrl: readPublicUrl() })
    rendered = { json: JSON.stringify(document), html: renderDocumentationPage(document, links) }
    return rendered
  }
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
      respond: async () => ({
        status: 200,
        contentType: 'application/json; charset=utf-8',
        text: render().json,
      }),
    },
    {
      path: '/docs',
      respond: async () => ({
        status: 200,
        contentType: 'text/html; charset=utf-8',
        text: render().html,
        headers: { 'content-security-policy': documentationPolicy },
      }),
    },
  ]
}
