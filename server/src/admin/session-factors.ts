import Type from 'typebox'
import { parseCode } from '../domain/code.ts'
import { totpDigits } from '../domain/totp.ts'
import { createOwnFactors, type OwnFactorParts, type OwnFactors } from '../engine/operators/own-factors.ts'
import { badRequest, conflict, errorAnswer, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { passkeySchema, renderPasskey } from './render-operators.ts'
import { defineSessionRoute, type SessionRoute } from './route.ts'
import { sessionAnswers } from './session.ts'
import { codeField } from './sign-in.ts'

const done = { 204: { description: 'Done.', schema: Type.Null() } }
const path = '/admin/v1/session'

/** The routes for the second factors of the operator who calls. */
export function createFactorRoutes(parts: OwnFactorParts): SessionRoute[] {
  const own = createOwnFactors(parts)
  return [
    listPasskeysRoute(own),
    askPasskeyRoute(own),
    addPasskeyRoute(own),
    removePasskeyRoute(own),
    beginTotpRoute(own),
    confirmTotpRoute(own),
    removeTotpRoute(own),
    recoveryCodesRoute(own),
  ]
}

const listPasskeysRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'GET',
    path: `${path}/passkeys`,
    summary: 'List one’s passkeys',
    answers: {
      200: { description: 'Oldest first.', schema: Type.Object({ passkeys: Type.Array(passkeySchema) }) },
      ...sessionAnswers,
    },
    handle: async (_, { operator }) => ({
      status: 200,
      body: { passkeys: (await own.listPasskeys(operator.id)).map(renderPasskey) },
    }),
  })

const askPasskeyRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'POST',
    path: `${path}/passkeys/options`,
    summary: 'What the browser asks a new passkey',
    answers: {
      200: {
        description: 'PublicKeyCredentialCreationOptionsJSON of Web Authentication.',
        schema: Type.Object({}, { additionalProperties: true }),
        examples: { options: { challenge: 'AAAA', rp: { id: 'otp.example.com', name: 'Watchword' } } },
      },
      ...sessionAnswers,
    },
    handle: async (_, session) => ({ status: 200, body: await own.askForPasskey(session) }),
  })

const addPasskeyRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'POST',
    path: `${path}/passkeys`,
    summary: 'Add the passkey that has answered',
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      response: Type.Unknown({ description: 'RegistrationResponseJSON of Web Authentication.' }),
    }),
    examples: { passkey: { name: 'Laptop', response: { id: 'AAAA', type: 'public-key' } } },
    answers: { 201: { description: 'Added.', schema: passkeySchema }, ...badRequest, ...sessionAnswers },
    async handle({ body }, session) {
      const passkey = await own.addPasskey(session, { name: body.name, response: body.response })
      return passkey === null
        ? renderError(errors.passkeyRefused)
        : { status: 201, body: renderPasskey(passkey) }
    },
  })

const removePasskeyRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'DELETE',
    path: `${path}/passkeys/:passkeyId`,
    summary: 'Remove one of one’s passkeys',
    answers: {
      ...done,
      ...sessionAnswers,
      404: errorAnswer('The operator has no such passkey.', errors.noPasskey),
    },
    async handle({ params }, { operator }) {
      const isRemoved = await own.removePasskey(operator.id, params.passkeyId ?? '')
      return isRemoved ? { status: 204, body: null } : renderError(errors.noPasskey)
    },
  })

const beginTotpRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'POST',
    path: `${path}/totp`,
    summary: 'Make the secret of an authenticator app',
    description: 'It is in force once a code of the app was given. Only this answer ever contains it.',
    answers: {
      200: {
        description: 'The secret in base32, and as the URI that apps read from a QR code.',
        schema: Type.Object({
          secret: Type.String({ examples: ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'] }),
          uri: Type.String({
            examples: [
              'otpauth://totp/Watchword:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Watchword',
            ],
          }),
        }),
      },
      ...conflict(errors.totpTaken.message),
      ...sessionAnswers,
    },
    async handle(_, { operator }) {
      const made = await own.beginTotp(operator)
      return made === null
        ? renderError(errors.totpTaken)
        : { status: 200, body: { secret: made.secret.reveal(), uri: made.uri.reveal() } }
    },
  })

const confirmTotpRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'POST',
    path: `${path}/totp/confirm`,
    summary: 'Give the first code of an authenticator app',
    body: Type.Object({ code: codeField }),
    examples: { code: { code: '123456' } },
    answers: {
      ...done,
      ...badRequest,
      429: errorAnswer('Too many wrong codes.', errors.tooManySignIns),
      ...sessionAnswers,
    },
    async handle({ body }, { operator }) {
      const code = parseCode(body.code, totpDigits)
      const checked = code === null ? null : await own.confirmTotp(operator.id, code)
      if (checked?.ok) return { status: 204, body: null }
      if (checked?.refusal !== 'locked') return renderError(errors.totpWrong)
      const headers = { 'retry-after': String(checked.retryAfterSeconds ?? 60) }
      return { ...renderError(errors.tooManySignIns), headers }
    },
  })

const removeTotpRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'DELETE',
    path: `${path}/totp`,
    summary: 'Remove one’s authenticator app',
    answers: {
      ...done,
      ...sessionAnswers,
      404: errorAnswer('The operator has no authenticator app.', errors.noTotp),
    },
    async handle(_, { operator }) {
      const isRemoved = await own.removeTotp(operator.id)
      return isRemoved ? { status: 204, body: null } : renderError(errors.noTotp)
    },
  })

const recoveryCodesRoute = (own: OwnFactors): SessionRoute =>
  defineSessionRoute({
    method: 'POST',
    path: `${path}/recovery-codes`,
    summary: 'Make ten recovery codes, in place of former ones',
    answers: {
      201: {
        description: 'Only this answer ever contains them.',
        schema: Type.Object({
          recoveryCodes: Type.Array(Type.String(), { examples: [['ABCD-EFGH-IJKL-MNOP']] }),
        }),
      },
      ...conflict(errors.noOtherFactor.message),
      ...sessionAnswers,
    },
    async handle(_, session) {
      const codes = await own.replaceRecoveryCodes(session)
      return codes === null
        ? renderError(errors.noOtherFactor)
        : { status: 201, body: { recoveryCodes: codes.map((code) => code.reveal()) } }
    },
  })
