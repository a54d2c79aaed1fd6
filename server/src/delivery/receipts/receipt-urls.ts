import type { CallbackTokens } from '../../engine/operations/callback-tokens.ts'
import { needsToken } from './receipt-handler.ts'
import type { ReceiptReader } from './receipt-reader.ts'

/** The URLs that providers report to. */
export type ReceiptUrls = {
  /** The URL of a carrier; null where its provider reports nothing over HTTP. */
  urlOf(name: string, reader: ReceiptReader | null): string | null
  /** The same, but null if it cannot be reached from outside, because some providers then refuse the message. */
  reachableUrlOf(name: string, reader: ReceiptReader | null): string | null
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
    reachableUrlOf: (name, reader) => (isReachable(readPublicUrl()) ? urlOf(name, reader) : null),
  }
}

const isReachable = (publicUrl: string): boolean =>
  !/^(localhost|127\.|0\.0\.0\.0$|\[::1?\]$)/.test(new URL(publicUrl).hostname)
