import { objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { jsonOf, report, unsigned } from './receipt-reader.ts'

// https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes
const states: Record<string, 'sent' | 'delivered' | 'undelivered' | 'expired'> = {
  PENDING: 'sent',
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'undelivered',
  REJECTED: 'undelivered',
  EXPIRED: 'expired',
}

/** Delivery reports of Infobip, up to a hundred in one request. */
export const infobipReader = unsigned((request) => {
  const { results } = objectOf(jsonOf(request))
  if (!Array.isArray(results)) return null
  return objectsOf(results).flatMap(({ messageId, status, error }) => {
    const { groupName, name } = objectOf(status)
    // In the group DELIVERED, but only to the operator, who may still report that it did not arrive.
    const state = name === 'DELIVERED_TO_OPERATOR' ? 'sent' : states[textOf(groupName)]
    return report(messageId, state, name, objectOf(error).name)
  })
})
