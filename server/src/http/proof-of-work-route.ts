import Type from 'typebox'
import type { Work } from '../engine/codes/proof-of-work.ts'
import { type Dialect, defineRoute } from './dialect.ts'
import { createOwnDialect, ownProblem } from './own-dialect.ts'

const text = (example: string) => Type.String({ examples: [example] })

const workSchema = Type.Object({
  parameters: Type.Object({
    algorithm: Type.Literal('SHA-256'),
    cost: Type.Integer({ examples: [12] }),
    expiresAt: Type.Integer({ description: 'Seconds since 1970.', examples: [1_893_456_600] }),
    keyLength: Type.Integer({ examples: [32] }),
    keyPrefix: text('000'),
    nonce: text('00112233445566778899aabbccddeeff'),
    salt: text('ffeeddccbbaa99887766554433221100'),
  }),
  signature: text('0123456789abcdef'.repeat(4)),
})

const notAsked = { statusCode: 404, message: 'No proof of work is asked for here' }

/**
 * The route of our own that gives proofs of work to senders without a key (S10). It lies below the path of the dialect that it
 * is for, so that it needs no prefix of its own; the documented API itself stays as it is documented.
 */
export function createProofOfWorkDialect(
  { basePath }: Dialect,
  issueWork: () => Promise<Work | null>,
): Dialect {
  const path = `${basePath}/altcha`
  const route = defineRoute({
    method: 'GET',
    path,
    access: 'public',
    summary: 'A proof of work to do for one send',
    description:
      'An ALTCHA work, version 2. The solution goes into the header `X-Altcha` of one request that sends a code, as the widget makes it: base64 of `{"challenge", "solution"}`. 404 where the project asks for none.',
    answers: {
      200: { description: 'A work that opens one send within ten minutes.', schema: workSchema },
      404: {
        description: 'No proof of work is asked for here.',
        schema: ownProblem,
        examples: { error: notAsked },
      },
    },
    async handle() {
      const work = await issueWork()
      return work === null ? { status: 404, body: notAsked } : { status: 200, body: work }
    },
  })
  return createOwnDialect({ name: 'watchword', basePath: path, routes: [route] })
}
