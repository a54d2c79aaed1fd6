import type { ReceiptAnswer, ReceiptDesk, ReceiptPlace } from '../engine/ports/receipts.ts'
import type { Call } from './dialect.ts'
import type { Inlet } from './inlets.ts'
import type { TextAnswer } from './replies.ts'

/** Providers tell of up to a thousand messages at once. */
const bodyBytesMax = 1_048_576

/** Where providers report what became of messages. Wrong word and unknown carrier look the same: nothing is there. */
export const createReceiptInlets = ({ admits, take }: ReceiptDesk): Inlet[] =>
  ['/receipts/:carrier', '/receipts/:carrier/:word'].map((path) => ({
    methods: ['GET', 'POST'],
    path,
    bodyBytesMax,
    admits: (call) => admits(placeOf(call)),
    async respond(call, request) {
      return render(await take(placeOf(call), { ...request, headers: call.headers }))
    },
  }))

const placeOf = ({ params }: Call): ReceiptPlace => ({
  carrier: params.carrier ?? '',
  word: params.word ?? null,
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
