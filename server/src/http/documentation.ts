import type { Page } from './app.ts'
import { documentationPolicy, type PageLink, renderDocumentationPage } from './documentation-page.ts'
import { type OpenApiParts, renderOpenApi } from './openapi.ts'

/** `/openapi.json` for machines and `/docs` for people, both rendered once. */
export function createDocumentationPages({ links, ...parts }: OpenApiParts & { links: PageLink[] }): Page[] {
  const document = renderOpenApi(parts)
  const json = JSON.stringify(document)
  const html = renderDocumentationPage(document, links)
  return [
    {
      path: '/openapi.json',
      respond: async () => ({ status: 200, contentType: 'application/json; charset=utf-8', text: json }),
    },
    {
      path: '/docs',
      respond: async () => ({
        status: 200,
        contentType: 'text/html; charset=utf-8',
        text: html,
        headers: { 'content-security-policy': documentationPolicy },
      }),
    },
  ]
}
