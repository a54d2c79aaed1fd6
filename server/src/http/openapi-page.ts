import { answerKeptText, type KeptText, keepText } from './kept-text.ts'
import { type OpenApiDocument, type OpenApiParts, renderOpenApi } from './openapi.ts'
import type { Page } from './page.ts'

export type ReadDocument = () => OpenApiDocument

/** Another page of ours that the documentation links to. */
export type PageLink = { path: string; title: string }

/** The pages in which people read the document. The host knows the routes, but not how they are shown. */
export type CreateReadingPages = (parts: {
  readDocument: ReadDocument
  readPublicUrl: () => string
  links: PageLink[]
}) => Page[]

/** Renders the document on the first request, because the public URL is not known in full before the server listens. */
export function createReadDocument({
  readPublicUrl,
  ...parts
}: Omit<OpenApiParts, 'publicUrl'> & { readPublicUrl: () => string }): ReadDocument {
  let document: OpenApiDocument | null = null
  return () => {
    document ??= renderOpenApi({ ...parts, publicUrl: readPublicUrl() })
    return document
  }
}

/** `/openapi.json`, for machines. */
export function createOpenApiPage(readDocument: ReadDocument): Page {
  let kept: KeptText | null = null
  return {
    path: '/openapi.json',
    async respond({ headers }) {
      kept ??= keepText(JSON.stringify(readDocument()))
      return answerKeptText(kept, 'application/json; charset=utf-8', headers)
    },
  }
}
