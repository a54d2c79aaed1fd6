import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import type { CarrierReport } from '../carrier.ts'
import { objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { inbound, jsonOf, report, unsigned } from './receipt-reader.ts'

// https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes
const states: Record<string, 'sent' | 'delivered' | 'undelivered' | 'expired'> = {
  PENDING: 'sent',
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'undelivered',
  REJECTED: 'undelivered',
  EXPIRED: 'expired',
}

/** Delivery reports of Infobip, up to a hundred in one request. */
export const infobipReader = unsigned(readReports, {
  // https://www.infobip.com/docs/api/channels/sms/inbound-sms: the same envelope, without a status.
  readInbound: (request) =>
    objectsOf(objectOf(jsonOf(request)).results).flatMap(({ from, text, status }) =>
      status === undefined ? inbound(from, text) : [],
    ),
})

function readReports(request: ProviderRequest): CarrierReport[] | null {
  const { results } = objectOf(jsonOf(request))
  if (!Array.isArray(results)) return null
  return objectsOf(results).flatMap(({ messageId, status, error }) => {
    const { groupName, name } = objectOf(status)
    // In the group DELIVERED, but only to the operator, who may still report that it did not arrive.
    const state = name === 'DELIVERED_TO_OPERATOR' ? 'sent' : states[textOf(groupName)]
    return report(messageId, state, name, objectOf(error).name)
  })
}
