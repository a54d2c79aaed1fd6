import PostalMime, { type Attachment, type Email } from 'postal-mime'
import type { ReceiptState } from '../../domain/receipt.ts'
import type { CarrierReport } from '../carrier.ts'
import { report, unsigned } from './receipt-reader.ts'

/*
 * Bounces: mail about our mail (RFC 3464), as mail systems send it to the sender of the envelope. Anybody may send us such
 * a mail, so it is believed for the Message-ID in it alone, which nobody knows who has not had our mail in hands.
 */

/** Deeper is no bounce. */
const nestingMax = 6

const states: Record<string, ReceiptState> = {
  delayed: 'sent',
  relayed: 'sent',
  expanded: 'sent',
  delivered: 'delivered',
  failed: 'undelivered',
}

/** Reads bounces; other mail, which finds its way into any mailbox, reports nothing. */
export const bounceReader = unsigned(async ({ body }) => {
  if (body.length === 0) return null
  try {
    return readBounce(
      await PostalMime.parse(body, {
        attachmentEncoding: 'utf8',
        forceRfc822Attachments: true,
        maxNestingDepth: nestingMax,
      }),
    )
  } catch {
    return null
  }
})

function readBounce({ attachments, inReplyTo }: Email): CarrierReport[] {
  const textOf = (type: RegExp) => String(attachments.find(isOfType(type))?.content ?? '')
  const returned = fieldsOf(textOf(/^(message|text)\/(rfc822|global)(-headers)?$/))
  const [messageId] = /<[^<>\s]+>/.exec(returned['message-id'] ?? inReplyTo ?? '') ?? []
  // First what is said of the whole mail, then a paragraph for each recipient.
  const recipients = textOf(/^message\/(global-)?delivery-status$/)
    .split(/\r?\n[ \t]*\r?\n/)
    .map(fieldsOf)
  return recipients.flatMap(({ action, status, 'diagnostic-code': words }) =>
    report(messageId, stateOf(action, status), action, status, words),
  )
}

const isOfType =
  (type: RegExp) =>
  ({ mimeType }: Attachment): boolean =>
    type.test(mimeType)

/** Mail systems that gave up trying say so by the class or the detail of the status (RFC 3463: 4.y.z, x.4.7). */
function stateOf(action = '', status = ''): ReceiptState | undefined {
  const state = states[action.trim().toLowerCase()]
  return state === 'undelivered' && /^(4\.|5\.4\.7)/.test(status) ? 'expired' : state
}

/** The header fields that a text begins with, by their names in lower case; the first of a name counts. */
function fieldsOf(text: string): Record<string, string> {
  const [head = ''] = text.trimStart().split(/\r?\n\r?\n/)
  const fields: Record<string, string> = Object.create(null)
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) fields[line.slice(0, colon).trim().toLowerCase()] ??= line.slice(colon + 1).trim()
  }
  return fields
}
