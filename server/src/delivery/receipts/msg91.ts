import type { CarrierReport } from '../carrier.ts'
import { type objectOf, objectsOf, textOf } from '../protocols/answer-body.ts'
import { fieldsOf, parseJson, report, unsigned } from './receipt-reader.ts'

// https://msg91.com/help/webhooks/how-can-i-get-the-delivery-reports-on-my-webhook-url; the newer webhook uses words.
const states: Record<string, 'delivered' | 'undelivered'> = {
  1: 'delivered',
  2: 'undelivered',
  9: 'undelivered', // on a do-not-disturb list
  16: 'undelivered',
  17: 'undelivered', // blocked number
  25: 'undelivered',
  delivered: 'delivered',
  failed: 'undelivered',
  rejected: 'undelivered',
  ndnc: 'undelivered',
  'blocked number': 'undelivered',
}

const stateOf = (status: unknown) => states[textOf(status).toLowerCase()]

/** Reports of MSG91: a form whose field `data` is JSON, or an object for each message. Every request is one message. */
export const msg91Reader = unsigned((request) => {
  const fields = fieldsOf(request)
  const data = typeof fields.data === 'string' ? parseJson(fields.data) : fields.data
  if (Array.isArray(data)) return objectsOf(data).flatMap(readRequest)
  const { requestId, status, desc, failureReason } = fields
  return requestId === undefined ? null : report(requestId, stateOf(status), desc ?? status, failureReason)
})

const readRequest = ({ requestId, report: lines }: ReturnType<typeof objectOf>): CarrierReport[] =>
  objectsOf(lines).flatMap(({ status, desc, failedReason }) =>
    report(requestId, stateOf(status), desc, failedReason),
  )
