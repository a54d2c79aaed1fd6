import type { CallbackTokens } from '../../engine/operations/callback-tokens.ts'
import { needsToken } from './receipt-handler.ts'
import type { ReceiptReader } from './receipt-reader.ts'

/** The URLs that providers report to. */
export type ReceiptUrls = {
  /** The URL of a carrier; null where its provider reports nothing over HTTP. */
  urlOf(name: string, reader: ReceiptReader | null): string | null
  /** The same, but null if it cannot be reached from outside, because some providers then refuse the message. */
  reachableUrlOf(name: string, reader: ReceiptReader | null): string | null
  /** By which the provider makes sure of the URL when it is entered; null where the provider asks for none. */
  verifyTokenOf(name: string, reader: ReceiptReader | null): string | null
}

export function createReceiptUrls({
  readPublicUrl,
  tokens,
}: {
  /** `PUBLIC_URL`, which is complete once the server listens. */
  readPublicUrl: () => string
  tokens: Pick<CallbackTokens, 'tokenOf'>
}): ReceiptUrls {
  const urlOf: ReceiptUrls['urlOf'] = (name, reader) =>
    reader === null
      ? null
      : `${readPublicUrl()}/receipts/${name}${needsToken(reader) ? `/${tokens.tokenOf(name)}` : ''}`
  return {
    urlOf,
    verifyTokenOf: (name, reader) => (reader?.asksForVerifyToken ? tokens.tokenOf(name) : null),
    reachableUrlOf: (name, reader) => (isReachable(readPublicUrl()) ? urlOf(name, reader) : null),
  }
}

const isReachable = (publicUrl: string): boolean => reachableHostOf(publicUrl) !== null

/** The host of a URL; null when nobody outside could reach it. */
export function reachableHostOf(url: string): string | null {
  const { hostname } = new URL(url)
  return /^(localhost|127\.|0\.0\.0\.0$|\[::1?\]$)/.test(hostname) ? null : hostname
}
