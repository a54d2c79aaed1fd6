import { createHash } from 'node:crypto'
import type { InboundMessage } from '../../domain/opt-out.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { CallbackTokens } from '../../engine/operations/callback-tokens.ts'
import type {
  ProviderRequest,
  ReceiptAnswer,
  ReceiptHandler,
  ReceiptPlace,
  ReceiptStore,
} from '../../engine/ports/receipts.ts'
import type { ReceiptReader } from './receipt-reader.ts'

export type ReceiptHandlerParts = {
  tokens: CallbackTokens
  readerOf: (carrier: string) => ReceiptReader | undefined
  store: Pick<ReceiptStore, 'admitOnce'>
  /** Resolves once they are stored. */
  write: (receipts: Receipt[]) => Promise<void>
  /** Resolves once the opt-outs in them are stored. */
  receive: (carrier: string, messages: InboundMessage[]) => Promise<void>
  log: { warn: (fields: object, message: string) => void }
}

/** The pause between two log lines about the same problem of the same carrier: anybody may send us anything. */
const reportPauseMilliseconds = 60_000

/** Handles the requests of providers: authenticates them, reads their reports, then stores those. */
export function createReceiptHandler(parts: ReceiptHandlerParts): ReceiptHandler {
  const { tokens, readerOf, store, write, receive } = parts
  const report = createReporter(parts.log)

  async function isAuthentic(
    carrier: string,
    reader: ReceiptReader,
    request: ProviderRequest,
  ): Promise<boolean> {
    if (reader.verify === null) return true
    const verdict = await reader.verify(request)
    if (!verdict.isRight || verdict.once === undefined) return verdict.isRight
    const bodyDigest = createHash('sha256').update(request.body).digest('hex')
    return store.admitOnce({ carrier, nonce: verdict.once, bodyDigest })
  }

  return {
    accepts({ carrier, token }) {
      const reader = readerOf(carrier)
      if (reader === undefined) return false
      return token === null ? !needsToken(reader) : tokens.isRight(carrier, token)
    },

    async handle({ carrier }: ReceiptPlace, request: ProviderRequest): Promise<ReceiptAnswer> {
      const reader = readerOf(carrier)
      if (reader === undefined) return { kind: 'unreadable' }
      const subscription = await reader.checkSubscription?.(request, {
        isRight: (given) => tokens.isRight(carrier, given),
      })
      if (subscription != null)
        return subscription.isConfirmed ? { kind: 'taken', text: subscription.text } : { kind: 'forged' }

      if (!(await isAuthentic(carrier, reader, request))) {
        report(carrier, 'receipt.forged')
        return { kind: 'forged' }
      }
      const reports = await reader.read(request)
      const messages = reader.readInbound?.(request) ?? []
      if (reports === null && messages.length === 0) {
        report(carrier, 'receipt.unreadable')
        return { kind: 'unreadable' }
      }
      await write((reports ?? []).map((entry) => ({ carrier, ...entry })))
      await receive(carrier, messages)
      return { kind: 'taken', text: '' }
    },
  }
}

/** Whether the URL of a carrier contains its callback token. */
export const needsToken = ({ verify, needsToken = false }: ReceiptReader): boolean =>
  verify === null || needsToken

function createReporter(log: ReceiptHandlerParts['log']) {
  const reportedAt = new Map<string, number>()
  return (carrier: string, event: string): void => {
    const key = `${event} ${carrier}`
    if (performance.now() - (reportedAt.get(key) ?? Number.NEGATIVE_INFINITY) < reportPauseMilliseconds)
      return
    reportedAt.set(key, performance.now())
    log.warn({ carrier }, event)
  }
}
