import Type from 'typebox'
import type { Work } from '../engine/codes/proof-of-work.ts'
import { type Dialect, defineRoute } from './dialect.ts'
import { createOwnDialect } from './own-dialect.ts'

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

/**
 * Our own route that gives proofs of work to senders without a key (S10). It is below the base path of its dialect, so
 * that it needs no prefix of its own. The documented API stays unchanged.
 */
export function createProofOfWorkDialect({ basePath }: Dialect, issueWork: () => Promise<Work>): Dialect {
  const path = `${basePath}/altcha`
  const route = defineRoute({
    method: 'GET',
    path,
    access: 'public',
    summary: 'Get a proof of work for one send',
    description:
      'An ALTCHA challenge, version 2. Send the solution in the header `X-Altcha` of one request that sends a code, as the widget encodes it: base64 of `{"challenge", "solution"}`.',
    answers: {
      200: { description: 'A proof of work that permits one send within ten minutes.', schema: workSchema },
    },
    async handle() {
      return { status: 200, body: await issueWork() }
    },
  })
  return createOwnDialect({ name: 'watchword', basePath: path, routes: [route] })
}
