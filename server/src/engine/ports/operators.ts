import type { EmailAddress } from '../../domain/email-address.ts'
import type { Operator, OperatorId } from '../../domain/operator.ts'

/** An operator as lists show it. */
export type ListedOperator = Operator & {
  createdAt: Date
  /** Null before the first sign-in. */
  lastSeenAt: Date | null
  /** How many are signed in. */
  sessions: number
  hasSecondFactor: boolean
}

export type OperatorChange = Partial<Pick<Operator, 'name' | 'role' | 'projects'>>

/** `last-owner`: nobody could invite operators any more. */
export type OperatorRefusal = 'unknown' | 'last-owner' | 'unfit'

/** Whom a provider of OpenID Connect names. */
export type OpenIdSubject = { issuer: string; subject: string }

/** Keeps operators and their links. */
export type OperatorStore = {
  list(): Promise<ListedOperator[]>
  find(id: OperatorId): Promise<ListedOperator | null>
  findByEmail(email: EmailAddress): Promise<Operator | null>
  /** Null if there is one with this address. */
  insert(operator: Omit<Operator, 'id'>): Promise<Operator | null>
  change(
    id: OperatorId,
    change: OperatorChange,
  ): Promise<{ ok: true } | { ok: false; refusal: OperatorRefusal }>
  remove(id: OperatorId): Promise<{ ok: true } | { ok: false; refusal: OperatorRefusal }>
  /** Keeps the digest of a new link, in place of former ones. Answers when it expires; null if there is no such operator. */
  putLink(id: OperatorId, hash: Buffer, lifeSeconds: number): Promise<Date | null>
  /** The operator of a link, which opens nothing any more. */
  spendLink(hash: Buffer): Promise<Operator | null>
  /**
   * The operator whom a provider names: by the subject that was kept at an earlier sign-in, else by the address; then the
   * subject is kept. Null also if the operator of the address is another subject.
   */
  findByOpenId(subject: OpenIdSubject, email: EmailAddress | null): Promise<Operator | null>
}
