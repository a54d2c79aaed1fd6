import PostalMime, { type Attachment, type Email } from 'postal-mime'
import type { ReceiptState } from '../../domain/receipt.ts'
import type { CarrierReport } from '../carrier.ts'
import { readPlainBounce } from './plain-bounce.ts'
import { report, unsigned } from './receipt-reader.ts'

/*
 * Bounces: mail about our mail (RFC 3464, or older), which mail systems send to the envelope sender. Anybody can send us such a
 * mail, so it is believed only for the Message-ID in it, which is known only to those who have seen our mail.
 */

/** A bounce is not nested deeper. */
const nestingMax = 6

const states: Record<string, ReceiptState> = {
  delayed: 'sent',
  relayed: 'sent',
  expanded: 'sent',
  delivered: 'delivered',
  failed: 'undelivered',
}

/** Reads bounces. Other mail, which any mailbox receives, reports nothing. */
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

function readBounce(email: Email): CarrierReport[] {
  const { attachments, inReplyTo } = email
  const textOf = (type: RegExp) => String(attachments.find(isOfType(type))?.content ?? '')
  const returnedMail = textOf(/^(message|text)\/(rfc822|global)(-headers)?$/)
  const status = textOf(/^message\/(global-)?delivery-status$/)
  if (status === '') return readPlainBounce(email, headOf(returnedMail))

  const [messageId] = /<[^<>\s]+>/.exec(fieldsOf(returnedMail)['message-id'] ?? inReplyTo ?? '') ?? []
  // The first paragraph is about the whole mail; each recipient has one after it.
  const recipients = status.split(/\r?\n[ \t]*\r?\n/).map(fieldsOf)
  return recipients.flatMap(({ action, status, 'diagnostic-code': diagnosticCode }) =>
    report(messageId, stateOf(action, status), action, status, diagnosticCode),
  )
}

const isOfType =
  (type: RegExp) =>
  ({ mimeType }: Attachment): boolean =>
    type.test(mimeType)

/** The class or the detail of the status shows that a mail system gave up retrying (RFC 3463: 4.y.z, x.4.7). */
function stateOf(action = '', status = ''): ReceiptState | undefined {
  const state = states[action.trim().toLowerCase()]
  return state === 'undelivered' && /^(4\.|5\.4\.7)/.test(status) ? 'expired' : state
}

/** A mail without its body, which anybody may have written. */
const headOf = (text: string): string => text.trimStart().split(/\r?\n\r?\n/)[0] ?? ''

/** The header fields at the start of a text, by lower-case name; the first of a name counts. */
function fieldsOf(text: string): Record<string, string> {
  const head = headOf(text)
  const fields: Record<string, string> = Object.create(null)
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) fields[line.slice(0, colon).trim().toLowerCase()] ??= line.slice(colon + 1).trim()
  }
  return fields
}
