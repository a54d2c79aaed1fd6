import type {
  ProviderRequest,
  ReceiptAnswer,
  ReceiptHandler,
  ReceiptPlace,
} from '../engine/ports/receipts.ts'
import type { Call } from './dialect.ts'
import type { RawRoute } from './raw-routes.ts'
import type { TextAnswer } from './replies.ts'

/** Providers report up to a thousand messages at once. */
const bodyBytesMax = 1_048_576

/** The routes that providers report deliveries to. A wrong token and an unknown carrier both answer 404. */
export const createReceiptRoutes = (
  { accepts, handle }: ReceiptHandler,
  /** Providers sign the URL that we gave them. It comes from the configuration, never from a `Host` header (H3). */
  { readPublicUrl }: { readPublicUrl: () => string },
): RawRoute[] =>
  ['/receipts/:carrier', '/receipts/:carrier/:token'].map((path) => ({
    methods: ['GET', 'POST'],
    path,
    bodyBytesMax,
    accepts: (call) => accepts(placeOf(call)),
    async handle(call, { method, target, body }) {
      const url = readPublicUrl() + target
      return render(await handle(placeOf(call), { method, url, headers: firstValues(call.headers), body }))
    },
  }))

const firstValues = (headers: Call['headers']): ProviderRequest['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value[0] : (value ?? '')),
    ]),
  )

const placeOf = ({ params }: Call): ReceiptPlace => ({
  carrier: params.carrier ?? '',
  token: params.token ?? null,
})

function render(answer: ReceiptAnswer): TextAnswer {
  switch (answer.kind) {
    case 'taken':
      return { status: 200, contentType: 'text/plain; charset=utf-8', text: answer.text }
    case 'unreadable':
      return problem(400, 'This is no report that the carrier documents')
    case 'forged':
      return problem(403, 'The signature does not hold')
  }
}

const problem = (statusCode: number, message: string): TextAnswer => ({
  status: statusCode,
  contentType: 'application/json; charset=utf-8',
  text: JSON.stringify({ statusCode, message }),
})
