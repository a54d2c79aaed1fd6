import { receiptStates } from '../../domain/receipt.ts'
import { fieldsOf, report, unsigned } from './receipt-reader.ts'

/** Reports of an operator's own gateway: `{"id": "…", "state": "delivered", "detail": "…"}`. */
export const gatewayReader = unsigned((request) => {
  const { id, state, detail } = fieldsOf(request)
  if (id === undefined) return null
  return report(
    id,
    receiptStates.find((known) => known === state),
    detail,
  )
})
