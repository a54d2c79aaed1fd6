import type { Email } from 'postal-mime'
import type { ReceiptState } from '../../domain/receipt.ts'
import type { CarrierReport } from '../carrier.ts'
import { report } from './receipt-reader.ts'

/*
 * Bounces from before RFC 3464, as qmail, Exim and others still write them: sentences for people, and a copy of the mail.
 * Out-of-office answers and list software quote mail as well. So a text counts only if it comes from a mail system, claims
 * to be no answer, and says in the words of a known mail system, before the copy, what has become of the mail.
 */

/** The words by which mail systems begin a bounce. The first that matches counts: a delay may be told beside a failure. */
const openings: readonly (readonly [words: RegExp, state: ReceiptState])[] = [
  // Exim, smail.
  [/A message that you sent could not be delivered to (one or more|any) of its\s+recipients/i, 'undelivered'],
  [/\bFailed addresses follow:/i, 'undelivered'],
  [/(A message that you sent|Your message) has not yet been delivered to/i, 'sent'],
  // qmail, and those who took over its sentences.
  [/I'm afraid I wasn't able to deliver your message to the following addresses/i, 'undelivered'],
  [/we were unable to deliver your message to the following address/i, 'undelivered'],
  // Postfix, sendmail.
  [/message (returned below|that you sent)\s+could not be delivered to/i, 'undelivered'],
  [/following addresses had permanent (fatal )?errors/i, 'undelivered'],
  [/following addresses had (transient non-fatal errors|delivery problems)/i, 'sent'],
  [/Message could not be delivered for (the last )?\d+ (hours|days)/i, 'sent'],
  // Gmail, Exchange, and others.
  [/Delivery to the following recipients?(\(s\))? failed permanently/i, 'undelivered'],
  [/Delivery to the following recipients?(\(s\))? (has|have) been delayed/i, 'sent'],
  [/did not reach the following recipient\(s\)/i, 'undelivered'],
]
/** By which mail systems say that they gave up retrying. */
const gaveUp =
  /in the queue too long|retry time(out exceeded| not reached)|message (has )?timed out|message has expired|could not be delivered for \d+ (hours|days)/i
/** The lines that stand before the copy of the mail, between dashes or behind some. */
const copyMarks =
  /^ {0,40}[-|=*]{2,80}.{0,40}(Below this line is a copy of the message|This is a copy of (the|your) message|Original message( follows)?\b|Unsent message follows|Undelivered message follows|Message text follows|Message header follows|Returned message follows).{0,60}$/im

const mailSystems = /^(mailer-daemon|mail-daemon|postmaster|mdaemon|mmdf|smtp-daemon)\b/i

/**
 * The report in a mail without a part for machines. `returned` is the header of the mail that came back as a part of its own,
 * empty where it stands in the text.
 */
export function readPlainBounce(email: Email, returned: string): CarrierReport[] {
  if (!isOfMailSystem(email)) return []
  const body = email.text ?? ''
  const mark = copyMarks.exec(body)
  const words = mark === null ? body : body.slice(0, mark.index)
  const copy = mark === null ? '' : body.slice(mark.index)
  const state = stateOf(words)
  return state === undefined ? [] : report(messageIdOf(email, returned || copy), state, ...replyIn(words))
}

function isOfMailSystem({ from, headers }: Email): boolean {
  const fieldNamed = (name: string) => headers.find(({ key }) => key === name)?.value.trim() ?? ''
  // RFC 3834 section 5: what answers a mail says so; a bounce is `auto-generated` at most.
  if (/^auto-(replied|notified)/i.test(fieldNamed('auto-submitted'))) return false
  return mailSystems.test(from?.address ?? '') || fieldNamed('x-failed-recipients') !== ''
}

function stateOf(words: string): ReceiptState | undefined {
  const state = openings.find(([opening]) => opening.test(words))?.[1]
  return state === 'undelivered' && gaveUp.test(words) ? 'expired' : state
}

/** The id of the mail that came back; without a copy of it, the one that the bounce answers, as Exim's newer ones do. */
function messageIdOf({ inReplyTo, references }: Email, returned: string): string {
  const [, inCopy] = /^[> \t|]*message-id:\s*(<[^<>\s]+>)/im.exec(returned) ?? []
  const [answered] = /<[^<>\s]+>/.exec(references ?? inReplyTo ?? '') ?? []
  return inCopy ?? answered ?? ''
}

/** What the other mail server answered, if the mail system tells. */
const replyIn = (words: string): string[] =>
  /\b([45]\d\d)[ -](?:([45]\.\d{1,3}\.\d{1,3}) )?(\S.*)/.exec(words)?.slice(1) ?? []
