import { receiptStates } from '../../domain/receipt.ts'
import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import type { CarrierReport } from '../carrier.ts'
import { fieldsOf, inbound, report, unsigned } from './receipt-reader.ts'

/**
 * Reports of an operator's own gateway: `{"id": "…", "state": "delivered", "detail": "…"}`, and what people answer:
 * `{"from": "+2250701020304", "text": "STOP"}`.
 */
export const gatewayReader = unsigned(readReport, {
  readInbound(request) {
    const { id, from, text } = fieldsOf(request)
    return id === undefined ? inbound(from, text) : []
  },
})

function readReport(request: ProviderRequest): CarrierReport[] | null {
  const { id, state, detail } = fieldsOf(request)
  if (id === undefined) return null
  return report(
    id,
    receiptStates.find((known) => known === state),
    detail,
  )
}
