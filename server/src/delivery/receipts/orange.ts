import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import type { CarrierReport } from '../carrier.ts'
import { objectOf, textOf } from '../protocols/answer-body.ts'
import { inbound, jsonOf, report, unsigned } from './receipt-reader.ts'

// https://developer.orange.com/apis/sms/getting-started, and the OneAPI that it follows.
const states: Record<string, 'sent' | 'delivered' | 'undelivered'> = {
  MessageWaiting: 'sent',
  DeliveredToNetwork: 'sent',
  DeliveryUncertain: 'sent',
  DeliveredToTerminal: 'delivered',
  DeliveryImpossible: 'undelivered',
}

/** Delivery receipts of Orange. `callbackData` is the id at the end of the answer's `resourceURL`. */
export const orangeReader = unsigned(readReport, {
  readInbound(request) {
    const { inboundSMSMessage } = objectOf(objectOf(jsonOf(request)).inboundSMSMessageNotification)
    const { senderAddress, message } = objectOf(inboundSMSMessage)
    return inbound(senderAddress, message)
  },
})

function readReport(request: ProviderRequest): CarrierReport[] | null {
  const { deliveryInfoNotification: notification } = objectOf(jsonOf(request))
  if (notification === undefined) return null
  const { callbackData, deliveryInfo } = objectOf(notification)
  const { deliveryStatus } = objectOf(deliveryInfo)
  return report(callbackData, states[textOf(deliveryStatus)], deliveryStatus)
}
