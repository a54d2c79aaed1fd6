import { gzipSync } from 'node:zlib'
import type { Call } from './dialect.ts'
import {
  documentationPolicy,
  type ExampleHeaders,
  type PageLink,
  renderDocumentationPage,
} from './documentation-page.ts'
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
  let rendered: { json: Body; html: Body } | null = null
  const render = () => {
    if (rendered !== null) return rendered
    const document = renderOpenApi({ ...parts, publicUrl: readPublicUrl() })
    rendered = {
      json: bodyOf(JSON.stringify(document)),
      html: bodyOf(renderDocumentationPage(document, links, exampleHeaders)),
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
      respond: async ({ headers }) => ({
        status: 200,
        contentType: 'application/json; charset=utf-8',
        ...encodingFor(headers, render().json),
      }),
    },
    guarded({
      path: '/docs',
      async respond({ headers }) {
        const { text, headers: ofEncoding } = encodingFor(headers, render().html)
        return {
          status: 200,
          contentType: 'text/html; charset=utf-8',
          text,
          headers: { ...ofEncoding, 'content-security-policy': documentationPolicy },
        }
      },
    }),
  ]
}

/**
 * Bytes, made once: half a megabyte of text that is encoded anew for each of a thousand pipelined requests keeps the event
 * loop for seconds.
 */
type Body = { plain: Buffer; gzip: Buffer }

const bodyOf = (text: string): Body => ({ plain: Buffer.from(text), gzip: gzipSync(text) })

function encodingFor(
  headers: Call['headers'],
  { plain, gzip }: Body,
): { text: Buffer; headers: Record<string, string> } {
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(headers['accept-encoding'] ?? ''))
  const vary = { vary: 'accept-encoding' }
  return isGzip
    ? { text: gzip, headers: { ...vary, 'content-encoding': 'gzip' } }
    : { text: plain, headers: vary }
}
