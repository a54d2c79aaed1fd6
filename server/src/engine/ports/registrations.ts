import type { Account, PasswordHash } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { ChallengeId } from '../../domain/challenge.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'

/** Creates accounts, and decides who gets an address that was only claimed (A5). */
export type RegistrationStore = {
  /**
   * Begins the registration that `challengeId` was sent for. Creates the account of a new address, or empties the account of
   * an unproven one: its password and sessions end. Leaves a proven address and a newer registration unchanged.
   */
  begin(registration: Registration): Promise<void>
  /** Stores the password of a registration, if it is still the newest of an unproven address. */
  finish(
    registration: Pick<Registration, 'projectId' | 'email' | 'challengeId'>,
    passwordHash: PasswordHash,
  ): Promise<void>
  /** Marks the e-mail address of the proof as proven and keeps the pending password. Null if there is no such account. */
  verifyEmail(proof: Proof): Promise<Account | null>
  /** The same without the registration: drops the pending password and sessions of an account that was never verified (A5). */
  claimEmail(proof: Proof): Promise<Account | null>
  /** Creates the account of a proven address and drops unproven claims (A5). Null if the address has an account. */
  signUp(proof: Proof, person: Person): Promise<Account | null>
}

/** A registration by e-mail address and password; the account is of type `USER`. */
export type Registration = {
  projectId: ProjectId
  challengeId: ChallengeId
  email: EmailAddress
  firstName: string | null
  lastName: string | null
  /** The language that the registration asked for. */
  locale: MessageLocale | null
}

/** The person who signs up. The phone is only claimed unless the proof is of it. */
export type Person = { phone: PhoneNumber | null; fullName: string | null; locale: MessageLocale | null }
