import type { CarrierReport } from '../carrier.ts'
import { type JsonObject, objectOf, textOf } from '../protocols/answer-body.ts'
import { renderForm } from '../protocols/http-carrier.ts'
import { createHttpPoster } from '../protocols/http-post.ts'
import { createSnsVerifier, snsHostOf } from '../protocols/sns-signature.ts'
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
  /** A proxy on this machine that is asked instead of Amazon. */
  snsUrl?: string | undefined
  log: { error: (fields: object, message: string) => void }
}

/**
 * Events of SES, which arrive through an SNS topic. The signature shows that SNS sent them, and the topic, which it covers,
 * that they are ours. A replay only repeats a report. The token stays in the path, so that strangers cannot make us fetch
 * certificates.
 */
export function createSesReader({ topicArn, snsUrl, log }: SesReaderParts): ReceiptReader {
  const isSigned = topicArn === null ? null : createSnsVerifier({ topicArn, snsUrl })
  const isAuthentic = async (message: JsonObject): Promise<boolean> =>
    isSigned !== null && message.TopicArn === topicArn && (await isSigned(message))

  return {
    needsToken: true,
    verify: async (request) => ({ isRight: await isAuthentic(objectOf(jsonOf(request))) }),
    read(request) {
      const { Type, Message } = objectOf(jsonOf(request))
      if (Type === 'UnsubscribeConfirmation') return []
      return Type === 'Notification' && typeof Message === 'string' ? readEvent(Message) : null
    },
    async checkSubscription(request) {
      const message = objectOf(jsonOf(request))
      if (message.Type !== 'SubscriptionConfirmation') return null
      if (topicArn === null || message.TopicArn !== topicArn) {
        log.error({ topicArn: textOf(message.TopicArn) }, 'carrier.topic-not-configured')
        return { isConfirmed: false }
      }
      const token = confirmationTokenOf(message, topicArn)
      const isConfirmed =
        token !== null &&
        (await isAuthentic(message)) &&
        (await confirm(snsUrl ?? `https://${snsHostOf(topicArn)}`, { topicArn, token }))
      if (!isConfirmed) log.error({ topicArn }, 'carrier.subscription-not-confirmed')
      return isConfirmed ? { isConfirmed, text: '' } : { isConfirmed }
    },
  }
}

/**
 * The token of a subscription, which its URL at SNS repeats. The confirmation is sent to SNS itself, by its API: nothing is
 * fetched from a URL of the message.
 */
function confirmationTokenOf({ Token, SubscribeURL }: JsonObject, topicArn: string): string | null {
  const token = textOf(Token)
  if (!/^[0-9a-zA-Z]{1,300}$/.test(token) || typeof SubscribeURL !== 'string') return null
  if (!URL.canParse(SubscribeURL)) return null
  const { origin, searchParams } = new URL(SubscribeURL)
  const isOurs = origin === `https://${snsHostOf(topicArn)}` && searchParams.get('TopicArn') === topicArn
  return isOurs && searchParams.get('Token') === token ? token : null
}

function readEvent(message: string): CarrierReport[] {
  const event = objectOf(parseJson(message))
  const type = textOf(event.eventType ?? event.notificationType)
  const { bounceType, bounceSubType } = objectOf(event.bounce)
  const isBounce = type === 'Bounce' && (bounceType === 'Permanent' || bounceType === 'Transient')
  const state = isBounce ? 'undelivered' : states[type]
  return report(objectOf(event.mail).messageId, state, type, bounceType, bounceSubType)
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
