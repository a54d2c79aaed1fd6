import type { Operator, OperatorId } from '../../domain/operator.ts'

export type Passkey = {
  id: string
  operatorId: OperatorId
  credentialId: string
  publicKey: Buffer
  /** How often it has signed, as it says itself; many say 0 always. */
  counter: number
  transports: readonly string[]
  name: string
  createdAt: Date
  lastUsedAt: Date | null
}

export type NewPasskey = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports'>

/** Keeps the second factors of operators, besides authenticator apps. */
export type SecondFactorStore = {
  listPasskeys(operatorId: OperatorId): Promise<Passkey[]>
  /** Null if the passkey is known already, or the operator has as many as may be. */
  insertPasskey(operatorId: OperatorId, passkey: NewPasskey & { name: string }): Promise<Passkey | null>
  /** Notes a use. False if the passkey is gone, or its counter has not grown: a copy was used. */
  usePasskey(id: string, counter: number): Promise<boolean>
  removePasskey(operatorId: OperatorId, id: string): Promise<boolean>
  replaceRecoveryCodes(operatorId: OperatorId, hashes: readonly Buffer[]): Promise<void>
  spendRecoveryCode(operatorId: OperatorId, hash: Buffer): Promise<boolean>
  /** Removes the recovery codes of somebody who has no other second factor any more. */
  dropLonelyRecoveryCodes(operatorId: OperatorId): Promise<void>
  /** Removes every second factor. */
  removeAll(operatorId: OperatorId): Promise<void>
}

/** What browsers and passkeys are asked, and how their answers are verified (Web Authentication). */
export type PasskeyCeremonies = {
  askForNew(operator: Operator, known: readonly Passkey[]): Promise<{ options: object; challenge: string }>
  /** Null if the answer is not that of a passkey to this challenge. */
  verifyNew(response: unknown, challenge: string): Promise<NewPasskey | null>
  ask(known: readonly Passkey[]): Promise<{ options: object; challenge: string }>
  /** The counter of the passkey; null if the answer is not its own to this challenge. */
  verify(
    response: unknown,
    expected: { challenge: string; passkey: Passkey },
  ): Promise<{ counter: number } | null>
}
