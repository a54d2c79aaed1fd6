import type { CarrierReport } from '../carrier.ts'
import { objectOf, textOf } from '../protocols/answer-body.ts'
import { renderForm } from '../protocols/http-carrier.ts'
import { createHttpPoster } from '../protocols/http-post.ts'
import { jsonOf, parseJson, type ReceiptReader, report } from './receipt-reader.ts'

// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html. SES retries after a soft
// bounce, and reports only those that it gave up on. `Undetermined` bounces report nothing.
const states: Record<string, 'sent' | 'delivered' | 'undelivered'> = {
  Send: 'sent',
  DeliveryDelay: 'sent',
  Delivery: 'delivered',
  Complaint: 'delivered',
  Open: 'delivered',
  Reject: 'undelivered',
  'Rendering Failure': 'undelivered',
}

export type SesReaderParts = {
  /** With null, no reports are accepted. */
  topicArn: string | null
  /** The URL of SNS, if it is not the default endpoint of the topic's region. */
  snsUrl?: string | undefined
  log: { error: (fields: object, message: string) => void }
}

/**
 * Events of SES, which arrive through an SNS topic. The signature of the messages is not checked: its certificate would
 * have to be fetched from a URL in the message. Instead, only the topic knows the token in the path, the topic must be
 * the configured one, and a subscription is confirmed at Amazon and not at a URL in the message.
 */
export const createSesReader = ({ topicArn, snsUrl, log }: SesReaderParts): ReceiptReader => ({
  verify: null,
  read(request) {
    const { Type, TopicArn, Message } = objectOf(jsonOf(request))
    if (Type === 'UnsubscribeConfirmation') return []
    if (Type !== 'Notification' || topicArn === null || TopicArn !== topicArn) return null
    return typeof Message === 'string' ? readEvent(Message) : null
  },
  async checkSubscription(request) {
    const { Type, TopicArn, Token } = objectOf(jsonOf(request))
    if (Type !== 'SubscriptionConfirmation') return null
    const token = textOf(Token)
    const isOurs = topicArn !== null && TopicArn === topicArn && /^[0-9a-zA-Z]{1,300}$/.test(token)
    if (!isOurs) {
      log.error({ topicArn: textOf(TopicArn) }, 'carrier.topic-not-configured')
      return { isConfirmed: false }
    }
    const isConfirmed = await confirm(snsUrl ?? endpointOf(topicArn), { topicArn, token })
    if (!isConfirmed) log.error({ topicArn }, 'carrier.subscription-not-confirmed')
    return isConfirmed ? { isConfirmed, text: '' } : { isConfirmed }
  },
})

function readEvent(message: string): CarrierReport[] {
  const event = objectOf(parseJson(message))
  const type = textOf(event.eventType ?? event.notificationType)
  const { bounceType, bounceSubType } = objectOf(event.bounce)
  const isBounce = type === 'Bounce' && (bounceType === 'Permanent' || bounceType === 'Transient')
  const state = isBounce ? 'undelivered' : states[type]
  return report(objectOf(event.mail).messageId, state, type, bounceType, bounceSubType)
}

/** The endpoint of the topic's region, such as eu-west-1 in `arn:aws:sns:eu-west-1:123456789012:codes`. */
function endpointOf(topicArn: string): string {
  const [, partition, , region] = topicArn.split(':')
  return `https://sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html, which needs no login. */
async function confirm(
  url: string,
  { topicArn, token }: { topicArn: string; token: string },
): Promise<boolean> {
  const poster = createHttpPoster(new URL(`${url}/`))
  try {
    const form = renderForm({
      Action: 'ConfirmSubscription',
      Version: '2010-03-31',
      TopicArn: topicArn,
      Token: token,
    })
    const outcome = await poster.post({ ...form, signal: AbortSignal.timeout(10_000) })
    return outcome.kind === 'answered' && outcome.status === 200
  } finally {
    poster.close()
  }
}
