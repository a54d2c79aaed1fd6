import type { Caller } from '../../domain/caller.ts'
import { type EmailAddress, parseEmailAddress } from '../../domain/email-address.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import { type Operator, serverProjectId } from '../../domain/operator.ts'
import { definePurpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import { hashToken, mintOperatorToken, parseLinkToken } from '../codes/opaque-tokens.ts'
import type { SendCode } from '../codes/send-code.ts'
import type { LoadProject } from '../operations/load-project.ts'
import type { OpenIdIdentity } from '../ports/open-id.ts'
import type { OpenOperatorSession, OperatorSessionStore, SignInMethod } from '../ports/operator-sessions.ts'
import type { OperatorStore } from '../ports/operators.ts'

/*
 * How operators sign in. Codes go the way of all codes, under the project of the server itself, so that attempts are counted,
 * locked and limited as everywhere (V6).
 */

/** What the codes of operators are for. */
export const operatorSignIn = definePurpose({
  name: 'operator-sign-in',
  use: 'possession',
  digits: 6,
  lifeSeconds: 600,
})

export type SignInRefusal = 'not-admitted' | 'too-many-requests'

export type Refused = { ok: false; refusal: SignInRefusal; retryAfterSeconds: number | null }

/** A session as it begins. Only this answer contains its token. */
export type SignInResult = ({ ok: true; token: Secret } & OpenOperatorSession) | Refused

export type SignIn = {
  withLink(token: unknown, caller: Caller): Promise<SignInResult>
  /** Accepts addresses of nobody as well, and sends them nothing (S7). */
  requestCode(request: {
    email: EmailAddress
    target: string
    languages: LanguagePreference
    caller: Caller
  }): Promise<{ ok: true } | Refused>
  withCode(given: { email: EmailAddress; code: Secret; caller: Caller }): Promise<SignInResult>
  withOpenId(identity: OpenIdIdentity, caller: Caller): Promise<SignInResult>
}

export type SignInParts = {
  operators: Pick<OperatorStore, 'findByEmail' | 'spendLink' | 'findByOpenId'>
  operatorSessions: Pick<OperatorSessionStore, 'open'>
  loadProject: LoadProject
  sendCode: SendCode
  checkCode: CheckCode
}

export function createSignIn({
  operators,
  operatorSessions,
  loadProject,
  sendCode,
  checkCode,
}: SignInParts): SignIn {
  const open = async (
    operator: Operator | null,
    method: SignInMethod,
    { network, userAgent }: Caller,
  ): Promise<SignInResult> => {
    if (operator === null) return notAdmitted
    const token = mintOperatorToken()
    const opened = await operatorSessions.open({
      operatorId: operator.id,
      tokenHash: hashToken(token),
      method,
      network,
      userAgent,
    })
    return opened === null ? notAdmitted : { ok: true, token, ...opened }
  }

  return {
    async withLink(input, caller) {
      const token = parseLinkToken(input)
      return open(token === null ? null : await operators.spendLink(hashToken(token)), 'link', caller)
    },

    async requestCode({ email, target, languages, caller }) {
      const project = await loadProject(serverProjectId)
      const operator = await operators.findByEmail(email)
      const sent = await sendCode<'caller'>({
        project,
        purpose: operatorSignIn,
        channel: 'email',
        address: email,
        target,
        content: operator === null ? 'decoy' : 'code',
        languages,
        caller,
      })
      // Whatever the refusal, it is the same for an address of nobody, and all that helps is to wait.
      return sent.ok ? { ok: true } : tooMany(sent.retryAfterSeconds)
    },

    async withCode({ email, code, caller }) {
      const project = await loadProject(serverProjectId)
      const checked = await checkCode({ project, purpose: operatorSignIn, address: email, code, caller })
      if (checked.ok) return open(await operators.findByEmail(email), 'code', caller)
      return checked.refusal === 'too-many-requests' ? tooMany(checked.retryAfterSeconds) : notAdmitted
    },

    async withOpenId({ verifiedEmail, ...subject }, caller) {
      const email = verifiedEmail === null ? null : parseEmailAddress(verifiedEmail)
      return open(await operators.findByOpenId(subject, email), 'open-id', caller)
    },
  }
}

export const notAdmitted: Refused = { ok: false, refusal: 'not-admitted', retryAfterSeconds: null }

export const tooMany = (retryAfterSeconds: number | null): Refused => ({
  ok: false,
  refusal: 'too-many-requests',
  retryAfterSeconds: retryAfterSeconds ?? 60,
})
