import { type Carrier, type CarrierAnswer, refuseForGood, refuseForNow } from '../../carrier.ts'
import { BindRefusal, bindSession } from './bind.ts'
import { commandStatus, readStatus } from './command-status.ts'
import { keepLink, type Link } from './link.ts'
import { type SmppOptions, smscOf, submitSettings } from './options.ts'
import {
  canonicalId,
  type IncomingMessage,
  isReceipt,
  messageIdLengthMax,
  parseReceipt,
  type ReceiptIdForm,
} from './receipt.ts'
import type { Exchange, SmppSession } from './session.ts'
import { createSubmitGate, type SubmitGate } from './submit-gate.ts'
import { renderSubmits, type SubmitDraft } from './submit-requests.ts'

/*
 * Sends SMS to an SMSC over SMPP 3.4: one bound connection, kept for as long as the carrier lives, and opened again
 * when it is lost. Each message is submitted once at each try and never queued here beyond it.
 */

/** Receipts being taken at once; the SMSC keeps what is more. */
const receiptsMax = 1_000
/** How long an SMSC is left alone that said it had too much to do. */
const busySeconds = 1
const reportPauseMilliseconds = 60_000

/** Makes the carrier and binds at once, for the SMSC may hold receipts for us. */
export function createSmppCarrier(options: SmppOptions): Carrier {
  const { name = 'smpp', receiptIds = 'same', windowSize = 10, perSecondMax = null } = options
  const settings = submitSettings(options)
  const smsc = smscOf(options)
  const report = createReporter(name, options.log)
  const { responseMilliseconds = 10_000, reconnectMilliseconds = { first: 500, longest: 30_000 } } = options
  const gate = createSubmitGate({ windowSize, perSecondMax })
  const receive = createReceiver(options, report)
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
      gate.sendAway()
    },
  })

  return {
    name,
    channels: ['sms'],
    concurrencyMax: windowSize,
    async deliver(message, signal) {
      const submits = renderSubmits(message, settings)
      if (typeof submits === 'string') return refuseForGood(submits)
      if ((await link.session(signal)) === null) return refuseForNow('not connected')

      const submit = async (draft: SubmitDraft): Promise<CarrierAnswer> =>
        answerOf(await submitInTurn({ gate, link, draft, signal, report }), receiptIds)
      // The first part alone, for most refusals are about its addresses and hold for all the others too.
      const [first, ...others] = submits as [SubmitDraft, ...SubmitDraft[]]
      const answer = await submit(first)
      if (answer.kind !== 'accepted' || others.length === 0) return answer
      return answerForAll(await Promise.all(others.map(submit)))
    },
    close: () => link.close(),
  }
}

type Report = (event: string, detail: string) => void

/** Tells of each kind of trouble at most once in a while: every message and every try to bind would tell the same. */
function createReporter(carrier: string, log: SmppOptions['log']): Report {
  const reportedAt = new Map<string, number>()
  return (event, detail) => {
    if (performance.now() - (reportedAt.get(event) ?? Number.NEGATIVE_INFINITY) < reportPauseMilliseconds)
      return
    reportedAt.set(event, performance.now())
    log?.error({ carrier, detail }, event)
  }
}

type Submission = { gate: SubmitGate; link: Link; draft: SubmitDraft; signal: AbortSignal; report: Report }

async function submitInTurn({ gate, link, draft, signal, report }: Submission): Promise<Exchange> {
  if (!(await gate.enter(signal))) return { kind: 'unsent', detail: 'no room in the window in time' }
  const session: SmppSession | null = link.current()
  if (session === null) {
    gate.leave()
    return { kind: 'unsent', detail: 'not connected' }
  }
  return session.exchange(draft, {
    signal,
    // The place in the window is held until the SMSC answers, even when nobody waits for the answer any more.
    onEnd(exchange) {
      const status = exchange.kind === 'answered' ? exchange.response.status : commandStatus.ok
      const { name, verdict } = readStatus(status)
      if (verdict === 'busy') gate.hold(busySeconds * 1000)
      if (verdict === 'account') report('carrier.account-refused', name)
      gate.leave()
      if (status === commandStatus.notBound) session.cut('the SMSC forgot that we are bound')
    },
  })
}

function answerOf(exchange: Exchange, receiptIds: ReceiptIdForm): CarrierAnswer {
  if (exchange.kind === 'unsent') return refuseForNow(exchange.detail)
  if (exchange.kind === 'unanswered') return { kind: 'unknown', detail: exchange.detail }

  const { response } = exchange
  const { name, verdict } = readStatus(response.status)
  if (verdict === 'for-good') return refuseForGood(name)
  if (verdict !== 'taken') return refuseForNow(name, verdict === 'busy' ? busySeconds : null)
  if (response.command !== 'submit_sm_resp') return refuseForNow(response.command)
  const id = canonicalId(response.fields.message_id, receiptIds, 'answer')
  return { kind: 'accepted', carrierMessageId: id === '' || id.length > messageIdLengthMax ? null : id }
}

/**
 * What the answers to the later parts mean for a message whose first part was taken. Refused for good: the message can
 * never be whole, and every other try would pay for the first part again. Anything else is unknown, not refused for
 * now: a phone may already show the part that holds the code. The next try completes it, by the same reference.
 */
function answerForAll(answers: CarrierAnswer[]): CarrierAnswer {
  const refusal = answers.find((answer) => answer.kind === 'refused' && answer.isPermanent)
  if (refusal !== undefined) return refusal
  const other = answers.find((answer) => answer.kind !== 'accepted')
  if (other !== undefined) return { kind: 'unknown', detail: `only a part was taken: ${other.detail}` }
  // Only the last part asked for a receipt, so its id is the one that comes back.
  return answers.at(-1) ?? { kind: 'accepted', carrierMessageId: null }
}

/** Answers the SMSC once a receipt is kept, and refuses for now what cannot be. */
function createReceiver({ onReceipt, receiptIds = 'same' }: SmppOptions, report: Report) {
  let underWay = 0
  return async (message: IncomingMessage): Promise<number> => {
    // Messages of people to us are taken and dropped: refused, they would be presented again and again.
    if (!isReceipt(message)) return commandStatus.ok
    const receipt = parseReceipt(message, receiptIds, new Date())
    if (receipt === null) report('carrier.receipt-unreadable', 'It names no message or no state.')
    if (receipt === null || onReceipt === undefined) return commandStatus.ok
    if (underWay >= receiptsMax) return commandStatus.receiverTemporary

    underWay += 1
    try {
      await onReceipt(receipt)
      return commandStatus.ok
    } finally {
      underWay -= 1
    }
  }
}
