import type { Config } from '../config/config.ts'
import { createReceiptUrls } from '../delivery/receipts/receipt-urls.ts'
import { type KindSettings, resolveNothing } from '../delivery/registry/carrier-settings.ts'
import { createCarrierTools } from '../delivery/registry/carrier-tools.ts'
import { createCallbackTokens } from '../engine/operations/callback-tokens.ts'
import { createManageCarriers, type ManageCarriers } from '../engine/operations/manage-carriers.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { CheckedCarrier, ReportPlace, ResolveReference } from '../engine/ports/carriers.ts'
import type { Stores } from './open-stores.ts'

const silent = { error: () => {} }

/**
 * Carrier management for the admin API and the command line alike. A server gives `readPublicUrl`, because it knows its
 * port once it listens; a command gives `resolve`, because its environment is the operator's own.
 */
export function createCarrierManagement(
  config: Config,
  stores: Pick<Stores, 'carriers' | 'receipts' | 'routes'>,
  {
    kinds,
    sealer,
    readPublicUrl = () => config.publicUrl,
    resolve = resolveNothing,
  }: { kinds: KindSettings; sealer: Sealer; readPublicUrl?: () => string; resolve?: ResolveReference },
): ManageCarriers {
  const tokens = createCallbackTokens({ current: config.secret, previous: config.secretPrevious })
  const urls = createReceiptUrls({ readPublicUrl, tokens })
  const reportPlaceOf = (name: string, carrier: CheckedCarrier): ReportPlace => {
    const reader = kinds.openReader(carrier, silent)
    return { receiptUrl: urls.urlOf(name, reader), verifyToken: urls.verifyTokenOf(name, reader) }
  }
  return createManageCarriers({
    ...stores,
    sealer,
    configured: config.carriers,
    reportPlaceOf,
    tools: createCarrierTools({
      kinds,
      resolve,
      reportPlaceOf,
      isDevelopment: config.mode === 'development',
    }),
  })
}
