import { type NewEvent, serverScope } from '../../domain/event.ts'
import { serverProjectId } from '../../domain/operator.ts'
import type { Secret } from '../../domain/secret.ts'
import { hashToken, mintOperatorToken } from '../codes/opaque-tokens.ts'
import type { EventStore } from '../ports/events.ts'
import type { OperatorSession, OperatorSessionStore } from '../ports/operator-sessions.ts'
import type { PasskeyCeremonies, SecondFactorStore } from '../ports/second-factors.ts'
import type { Totp } from '../totp/totp.ts'
import { hashRecoveryCode } from './recovery-codes.ts'
import { notAdmitted, type SignInResult, tooMany } from './sign-in.ts'

/*
 * The second step of signing in. Every answer is counted before it is looked at, and five end the session: then the first step
 * has to be taken again.
 */

export type SecondFactorSignIn = {
  withTotp(session: OperatorSession, code: Secret): Promise<SignInResult>
  withRecoveryCode(session: OperatorSession, code: Secret): Promise<SignInResult>
  /** What the browser asks a passkey. */
  askPasskey(session: OperatorSession): Promise<object>
  withPasskey(session: OperatorSession, response: unknown): Promise<SignInResult>
}

export type SecondFactorSignInParts = {
  operatorSessions: Pick<OperatorSessionStore, 'countAnswer' | 'complete' | 'keepChallenge' | 'takeChallenge'>
  secondFactors: Pick<SecondFactorStore, 'listPasskeys' | 'usePasskey' | 'spendRecoveryCode'>
  events: Pick<EventStore, 'record'>
  passkeys: PasskeyCeremonies
  totp: Pick<Totp, 'check'>
}

type Factor = 'totp' | 'recovery-code' | 'passkey'

export function createSecondFactorSignIn({
  operatorSessions,
  secondFactors,
  events,
  passkeys,
  totp,
}: SecondFactorSignInParts): SecondFactorSignIn {
  const complete = async ({ id }: OperatorSession, factor: Factor): Promise<SignInResult> => {
    // Another token than that of the first step, which may have been seen by others.
    const token = mintOperatorToken()
    const opened = await operatorSessions.complete(id, hashToken(token), factor)
    return opened === null ? notAdmitted : { ok: true, token, ...opened }
  }

  const answer = async (
    session: OperatorSession,
    factor: Factor,
    isRight: () => Promise<boolean>,
  ): Promise<SignInResult> => {
    if (!(await operatorSessions.countAnswer(session.id))) return notAdmitted
    if (await isRight()) return complete(session, factor)
    await events.record(refusedEvent(session, factor))
    return notAdmitted
  }

  return {
    async withTotp(session, code) {
      if (!(await operatorSessions.countAnswer(session.id))) return notAdmitted
      const owner = { projectId: serverProjectId, subject: session.operatorId }
      const refused = [refusedEvent(session, 'totp')]
      const checked = await totp.check(owner, code, { accepted: [], refused })
      if (checked.ok) return complete(session, 'totp')
      return checked.refusal === 'locked' ? tooMany(checked.retryAfterSeconds) : notAdmitted
    },

    withRecoveryCode: (session, code) =>
      answer(session, 'recovery-code', () =>
        secondFactors.spendRecoveryCode(session.operatorId, hashRecoveryCode(code)),
      ),

    async askPasskey(session) {
      const { options, challenge } = await passkeys.ask(await secondFactors.listPasskeys(session.operatorId))
      await operatorSessions.keepChallenge(session.id, challenge)
      return options
    },

    withPasskey: (session, response) =>
      answer(session, 'passkey', async () => {
        const challenge = await operatorSessions.takeChallenge(session.id)
        const known = await secondFactors.listPasskeys(session.operatorId)
        const passkey = known.find(({ credentialId }) => credentialId === credentialOf(response))
        if (challenge === null || passkey === undefined) return false
        const verified = await passkeys.verify(response, { challenge, passkey })
        return verified !== null && secondFactors.usePasskey(passkey.id, verified.counter)
      }),
  }
}

const refusedEvent = ({ operatorId }: OperatorSession, factor: Factor): NewEvent => ({
  scope: serverScope,
  type: 'operator.second-factor-refused',
  details: { operatorId, factor },
})

const credentialOf = (response: unknown): unknown =>
  typeof response === 'object' && response !== null && 'id' in response ? response.id : undefined
