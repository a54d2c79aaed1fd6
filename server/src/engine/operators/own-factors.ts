import { type NewEvent, serverScope } from '../../domain/event.ts'
import { type Operator, type OperatorId, serverProjectId } from '../../domain/operator.ts'
import type { Secret } from '../../domain/secret.ts'
import type { OpenOperatorSession, OperatorSessionStore } from '../ports/operator-sessions.ts'
import type { Passkey, PasskeyCeremonies, SecondFactorStore } from '../ports/second-factors.ts'
import type { NewTotp, Totp, TotpCheck } from '../totp/totp.ts'
import { hashRecoveryCode, mintRecoveryCodes } from './recovery-codes.ts'

/** What operators do to their own second factors, once they are signed in. */
export type OwnFactors = {
  listPasskeys(operatorId: OperatorId): Promise<Passkey[]>
  /** What the browser asks a new passkey. */
  askForPasskey(session: OpenOperatorSession): Promise<object>
  /** Null if the answer is not that of a new passkey to what was asked. */
  addPasskey(
    session: OpenOperatorSession,
    given: { name: string; response: unknown },
  ): Promise<Passkey | null>
  removePasskey(operatorId: OperatorId, id: string): Promise<boolean>
  /** Null if there is an authenticator app already. */
  beginTotp(operator: Operator): Promise<NewTotp | null>
  confirmTotp(operatorId: OperatorId, code: Secret): Promise<TotpCheck>
  removeTotp(operatorId: OperatorId): Promise<boolean>
  /** New recovery codes in place of former ones; null for somebody who has no other second factor. */
  replaceRecoveryCodes(session: OpenOperatorSession): Promise<Secret[] | null>
}

export type OwnFactorParts = {
  operatorSessions: Pick<OperatorSessionStore, 'keepChallenge' | 'takeChallenge'>
  secondFactors: Pick<
    SecondFactorStore,
    'listPasskeys' | 'insertPasskey' | 'removePasskey' | 'replaceRecoveryCodes' | 'dropLonelyRecoveryCodes'
  >
  passkeys: Pick<PasskeyCeremonies, 'askForNew' | 'verifyNew'>
  totp: Pick<Totp, 'begin' | 'confirm' | 'remove'>
}

/** What authenticator apps call the server. */
const issuer = 'Watchword'

export function createOwnFactors({
  operatorSessions,
  secondFactors,
  passkeys,
  totp,
}: OwnFactorParts): OwnFactors {
  return {
    listPasskeys: (operatorId) => secondFactors.listPasskeys(operatorId),

    async askForPasskey({ session, operator }) {
      const known = await secondFactors.listPasskeys(operator.id)
      const { options, challenge } = await passkeys.askForNew(operator, known)
      await operatorSessions.keepChallenge(session.id, challenge)
      return options
    },

    async addPasskey({ session, operator }, { name, response }) {
      const challenge = await operatorSessions.takeChallenge(session.id)
      const passkey = challenge === null ? null : await passkeys.verifyNew(response, challenge)
      return passkey === null ? null : secondFactors.insertPasskey(operator.id, { ...passkey, name })
    },

    async removePasskey(operatorId, id) {
      const isRemoved = await secondFactors.removePasskey(operatorId, id)
      await secondFactors.dropLonelyRecoveryCodes(operatorId)
      return isRemoved
    },

    beginTotp: ({ id, email }) => totp.begin(totpOwner(id), { issuer, account: email }),

    confirmTotp: (operatorId, code) =>
      totp.confirm(totpOwner(operatorId), code, {
        accepted: [totpEvent('operator.factor-added', operatorId)],
        refused: [],
      }),

    async removeTotp(operatorId) {
      const event = totpEvent('operator.factor-removed', operatorId)
      const isRemoved = await totp.remove(totpOwner(operatorId), event)
      await secondFactors.dropLonelyRecoveryCodes(operatorId)
      return isRemoved
    },

    async replaceRecoveryCodes({ operator, factors }) {
      if (factors.passkeys === 0 && !factors.totp) return null
      const codes = mintRecoveryCodes()
      await secondFactors.replaceRecoveryCodes(operator.id, codes.map(hashRecoveryCode))
      return codes
    },
  }
}

const totpOwner = (operatorId: OperatorId) => ({ projectId: serverProjectId, subject: operatorId })

const totpEvent = (
  type: 'operator.factor-added' | 'operator.factor-removed',
  operatorId: OperatorId,
): NewEvent => ({ scope: serverScope, type, details: { operatorId, factor: 'totp' } })
