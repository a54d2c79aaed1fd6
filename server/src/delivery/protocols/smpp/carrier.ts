import { parseForeignId } from '../../../domain/foreign-text.ts'
import { type Carrier, type CarrierAnswer, refuse } from '../../carrier.ts'
import { createCarrier } from '../create-carrier.ts'
import { createReporter, type Reporter } from '../reporter.ts'
import { BindRefusal, bindSession } from './bind.ts'
import { classifyStatus, commandStatus } from './command-status.ts'
import { keepLink, type Link } from './link.ts'
import { type SmppOptions, smscOf, submitSettings } from './options.ts'
import {
  canonicalId,
  type IncomingMessage,
  inboundOf,
  isReceipt,
  parseReceipt,
  type ReceiptIdForm,
} from './receipt.ts'
import type { SmppResult, SmppSession } from './session.ts'
import { renderSubmits, type SubmitDraft } from './submit-requests.ts'
import { createSubmitWindow, type SubmitWindow } from './submit-window.ts'
import { createSubmittedIds, type SubmittedIds, type SubmittedMessage } from './submitted-ids.ts'

/*
 * Sends SMS to an SMSC over SMPP 3.4 on one bound connection, which is kept while the carrier exists, and reopened when
 * it is lost. Each attempt submits a message once, and no message stays queued here after its attempt.
 */

/** Receipts handled at a time; the SMSC keeps the others. */
const receiptsMax = 1_000
/** The pause after an SMSC said that it is overloaded. */
const busySeconds = 1

const longPassword = 'SMPP has room for eight characters. The password is sent whole; an SMSC may refuse it.'

/** Creates the carrier and binds at once, because the SMSC may have receipts for us. */
export function createSmppCarrier(options: SmppOptions): Carrier {
  const { name = 'smpp', receiptIds = 'same', windowSize = 10, perSecondMax = null } = options
  const settings = submitSettings(options)
  const smsc = smscOf(options)
  const report = createReporter(name, options.log)
  if (options.password.reveal().length > 8) report('carrier.long-password', longPassword)
  const { responseMilliseconds = 10_000, reconnectMilliseconds = { first: 500, longest: 30_000 } } = options
  const window = createSubmitWindow({ windowSize, perSecondMax })
  const ids = createSubmittedIds()
  const receive = createReceiver({ ...options, ids, report })
  const link = keepLink({
    open: (signal) => bindSession(smsc, { responseMilliseconds, receive }, signal),
    pauseMilliseconds: reconnectMilliseconds,
    onRefused(error) {
      const isAboutAccount = error instanceof BindRefusal && error.isAboutAccount
      const detail = error instanceof Error ? error.message : String(error)
      report(isAboutAccount ? 'carrier.account-refused' : 'carrier.unreachable', detail)
    },
    onLost(reason) {
      report('carrier.link-lost', reason)
      window.rejectLine()
    },
  })

  // No `log` here: `submitInWindow` reports a refusal of our account, even one that arrives when nobody waits any more.
  return createCarrier({
    name,
    secrets: [options.password.reveal()],
    channels: ['sms'],
    concurrencyMax: windowSize,
    async deliver(message, signal) {
      const submits = renderSubmits(message, settings)
      if (typeof submits === 'string') return refuse('for-good', submits)
      if ((await link.session(signal)) === null) return refuse('for-now', 'not connected')

      const submit = async (draft: SubmitDraft): Promise<CarrierAnswer> =>
        answerOf(await submitInWindow({ window, link, draft, signal, report }), receiptIds)
      const remember = (answer: CarrierAnswer): CarrierAnswer => {
        const id = answer.kind === 'accepted' ? answer.carrierMessageId : null
        if (id !== null) ids.add({ id, recipient: message.to.slice(1) })
        return answer
      }
      // The first part alone, because most refusals concern the addresses, which are the same for all parts.
      const [first, ...others] = submits as [SubmitDraft, ...SubmitDraft[]]
      const answer = await submit(first)
      if (answer.kind !== 'accepted' || others.length === 0) return remember(answer)
      return remember(answerForAll(await Promise.all(others.map(submit))))
    },
    close: () => link.close(),
  })
}

type Submission = {
  window: SubmitWindow
  link: Link
  draft: SubmitDraft
  signal: AbortSignal
  report: Reporter
}

async function submitInWindow({ window, link, draft, signal, report }: Submission): Promise<SmppResult> {
  if (!(await window.acquire(signal))) return { kind: 'unsent', detail: 'no room in the window in time' }
  const session: SmppSession | null = link.current()
  if (session === null) {
    window.release()
    return { kind: 'unsent', detail: 'not connected' }
  }
  return session.request(draft, {
    signal,
    // The slot in the window is taken until the SMSC answers, even when nobody waits for the answer any more.
    onEnd(result) {
      const status = result.kind === 'answered' ? result.response.status : commandStatus.ok
      const { name, meaning } = classifyStatus(status)
      if (meaning === 'busy') window.pause(busySeconds * 1000)
      if (meaning === 'account') report('carrier.account-refused', name)
      window.release()
      if (status === commandStatus.notBound) session.cut('the SMSC forgot that we are bound')
    },
  })
}

function answerOf(result: SmppResult, receiptIds: ReceiptIdForm): CarrierAnswer {
  if (result.kind === 'unsent') return refuse('for-now', result.detail)
  if (result.kind === 'unanswered') return { kind: 'unknown', detail: result.detail }

  const { response } = result
  const { name, meaning } = classifyStatus(response.status)
  if (meaning === 'busy') return refuse('for-now', name, busySeconds)
  if (meaning === 'queue-full') return refuse('unclear-for-now', name, busySeconds)
  if (meaning !== 'accepted') return refuse(meaning, name)
  if (response.command !== 'submit_sm_resp') return refuse('for-now', response.command)
  const carrierMessageId = parseForeignId(canonicalId(response.fields.message_id, receiptIds, 'answer'))
  return { kind: 'accepted', carrierMessageId }
}

/**
 * What the answers to the later parts mean for a message whose first part was accepted. Refused for good: the message
 * can never be complete, and every other attempt would pay for the first part again. Anything else is unknown, not
 * refused for now: a phone may already show the part with the code. The next attempt completes it, with the same
 * reference.
 */
function answerForAll(answers: CarrierAnswer[]): CarrierAnswer {
  const refusal = answers.find((answer) => answer.kind === 'refused' && answer.reason === 'for-good')
  if (refusal !== undefined) return refusal
  const other = answers.find((answer) => answer.kind !== 'accepted')
  if (other !== undefined) return { kind: 'unknown', detail: `only a part was taken: ${other.detail}` }
  // Only the last part requested a receipt, so the receipt will have its id.
  return answers.at(-1) ?? { kind: 'accepted', carrierMessageId: null }
}

type ReceiverParts = Pick<SmppOptions, 'onReceipt' | 'onInbound' | 'receiptIds' | 'source'> & {
  ids: SubmittedIds
  report: Reporter
}

/** Answers the SMSC once a receipt or an opt-out is stored, and refuses it for now if it cannot be. */
function createReceiver(parts: ReceiverParts) {
  const { onReceipt, onInbound, receiptIds = 'same', source, ids, report } = parts
  let underWay = 0

  async function handle(work: () => void | Promise<void>): Promise<number> {
    if (underWay >= receiptsMax) return commandStatus.receiverTemporary
    underWay += 1
    try {
      await work()
      return commandStatus.ok
    } finally {
      underWay -= 1
    }
  }

  return async (message: IncomingMessage): Promise<number> => {
    const read = parseReceipt(message, receiptIds, new Date())
    const known = read === null ? undefined : ids.find(read.carrierMessageId)
    if (!isReceipt(message) && !(known !== undefined && isAbout(message, known))) {
      // Messages of people to us are taken: refused, they would be presented again and again.
      const { from, to, text } = inboundOf(message)
      if (onInbound === undefined || !isToSource(to, source)) return commandStatus.ok
      return handle(() => onInbound({ from, text }))
    }
    if (read === null) report('carrier.receipt-unreadable', 'It names no message or no state.')
    if (read === null || onReceipt === undefined) return commandStatus.ok
    return handle(() => onReceipt({ ...read, carrierMessageId: known?.id ?? read.carrierMessageId }))
  }
}

/** A login may have numbers of other services. A sender with letters cannot be written to, so any number may stand for it. */
const isToSource = (to: string, source: string): boolean =>
  !/^\+?[0-9]+$/.test(source) || to === '' || to.replace(/^\+/, '') === source.replace(/^\+/, '')

/** Some SMSCs send receipts as plain messages. A person may write the same words, but only under his own number. */
const isAbout = ({ fields }: IncomingMessage, { recipient }: SubmittedMessage): boolean =>
  [fields.source_addr, fields.destination_addr].some((address) => address.replace(/^\+/, '') === recipient)
