import Type from 'typebox'
import { type Address, parseEmailAddress, parsePhoneNumber } from '../../../src/domain/address.ts'
import { parseCode } from '../../../src/domain/code.ts'
import type { CheckCode } from '../../../src/engine/codes/check-code.ts'
import type { SendCode } from '../../../src/engine/codes/send-code.ts'
import { defineRoute, type Route } from '../../../src/http/dialect.ts'
import type { AdmitAccount } from './account-access.ts'
import { acmeCheck } from './purposes.ts'
import { errorAnswer, renderError } from './wire.ts'

const parseAddress = (text: string): Address | null => parseEmailAddress(text) ?? parsePhoneNumber(text)

const unauthorized = errorAnswer(401, 'No such key.', 20003)

export const sendRoute = ({ admit, sendCode }: { admit: AdmitAccount; sendCode: SendCode }): Route =>
  defineRoute({
    method: 'POST',
    path: '/v2/acme/verifications',
    access: 'basic',
    summary: 'Send a code',
    body: Type.Object({
      To: Type.String({ minLength: 1 }),
      Tag: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
    }),
    examples: { mail: { To: 'ada@example.com' } },
    answers: {
      201: {
        description: 'On its way.',
        schema: Type.Object({ status: Type.Literal('pending'), tags: Type.Array(Type.String()) }),
        examples: { sent: { status: 'pending', tags: [] } },
      },
      400: errorAnswer(400, 'That is no address.', 60211),
      401: unauthorized,
      429: errorAnswer(429, 'Too much.', 60212),
    },
    admit,
    async handle({ body, languages }, project) {
      const { To: target, Tag: tags = [] } = body
      const address = parseAddress(target)
      if (address === null) return renderError(400, 60211)
      const sent = await sendCode({
        project,
        purpose: acmeCheck,
        channel: address.includes('@') ? 'email' : 'sms',
        address,
        target,
        content: 'code',
        languages,
        caller: null,
      })
      return sent.ok
        ? { status: 201, body: { status: 'pending', tags: [tags].flat() } }
        : renderError(429, 60212)
    },
  })

export const checkRoute = ({ admit, checkCode }: { admit: AdmitAccount; checkCode: CheckCode }): Route =>
  defineRoute({
    method: 'POST',
    path: '/v2/acme/checks',
    // JSON in addition to the forms of the rest of the dialect.
    bodyFormats: ['form', 'json'],
    access: 'basic',
    summary: 'Check a code',
    body: Type.Object({ To: Type.String(), Code: Type.String() }),
    examples: { mail: { To: 'ada@example.com', Code: '12345678' } },
    answers: {
      200: {
        description: 'The code is right, and spent.',
        schema: Type.Object({ valid: Type.Boolean() }),
        examples: { approved: { valid: true } },
      },
      401: unauthorized,
      429: errorAnswer(429, 'Too much.', 60212),
    },
    admit,
    async handle({ body }, project) {
      const address = parseAddress(body.To)
      const code = parseCode(body.Code, acmeCheck.digits)
      if (address === null || code === null) return { status: 200, body: { valid: false } }
      const checked = await checkCode({ project, purpose: acmeCheck, address, code, caller: null })
      if (!checked.ok && checked.refusal === 'too-many-requests') return renderError(429, 60212)
      return { status: 200, body: { valid: checked.ok } }
    },
  })
