import type { Operator, OperatorId } from '../../domain/operator.ts'

/** How a session was begun. */
export type SignInMethod = 'link' | 'code' | 'open-id'

export type OperatorSession = {
  id: string
  operatorId: OperatorId
  method: SignInMethod
  /** False while the second factor is missing: it opens nothing. */
  isComplete: boolean
  network: string
  userAgent: string
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

/** Which second factors an operator has. */
export type SecondFactors = { passkeys: number; totp: boolean; recoveryCodes: number }

/** A session with whom it belongs to. */
export type OpenOperatorSession = { session: OperatorSession; operator: Operator; factors: SecondFactors }

/** Keeps the sessions of operators. */
export type OperatorSessionStore = {
  /** Opens one that is complete if the operator has no second factor. Null if the operator is gone. */
  open(session: {
    operatorId: OperatorId
    tokenHash: Buffer
    method: SignInMethod
    network: string
    userAgent: string
  }): Promise<OpenOperatorSession | null>
  /** Null for one that has ended or expired. Notes the use. */
  find(tokenHash: Buffer): Promise<OpenOperatorSession | null>
  /** The complete ones, newest first. */
  list(operatorId: OperatorId): Promise<OperatorSession[]>
  /** Counts an answer to the question for the second factor before it is looked at; false if there were too many. */
  countAnswer(id: string): Promise<boolean>
  /** The second factor was right: from now on another token opens the session. */
  complete(id: string, tokenHash: Buffer, factor: string): Promise<OpenOperatorSession | null>
  end(operatorId: OperatorId, id: string): Promise<boolean>
  /** Ends all but one. */
  endAll(operatorId: OperatorId, exceptId: string | null): Promise<number>
  /** Whether anybody is signed in. */
  isAnyOpen(): Promise<boolean>
  keepChallenge(id: string, challenge: string): Promise<void>
  /** What the passkey has to sign; once. */
  takeChallenge(id: string): Promise<string | null>
}
