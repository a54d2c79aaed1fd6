import type { Call } from './dialect.ts'

/**
 * Whether a page of this very host has sent the request. Browsers say so themselves, and no page can say it in their place
 * (Fetch Metadata); older ones name the origin alone. Who says neither is no browser, and has no cookie of one.
 */
export function isSameOrigin({ headers }: Pick<Call, 'headers'>): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers
  if (site !== undefined) return site === 'same-origin'
  return typeof origin === 'string' && URL.canParse(origin) && new URL(origin).host === host
}

/** Whether the body is JSON, which no form can send. */
export const isJson = ({ headers }: Pick<Call, 'headers'>): boolean =>
  /^application\/json\s*(;|$)/i.test(String(headers['content-type'] ?? ''))
