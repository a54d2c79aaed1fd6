import type { Account, PasswordHash } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { ChallengeId } from '../../domain/challenge.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'

/** How accounts come into being, and who gets an address that was only claimed (A5). */
export type RegistrationStore = {
  /**
   * Begins the registration that `challengeId` was sent for: makes the account of a new address, or empties the one of
   * an unproven address, ending its password and its sessions. Leaves a proven address and a newer registration alone.
   */
  begin(registration: Registration): Promise<void>
  /** Stores the password of a registration, if it is still the newest of an unproven address. */
  finish(
    registration: Pick<Registration, 'projectId' | 'email' | 'challengeId'>,
    passwordHash: PasswordHash,
  ): Promise<void>
  /** Marks the e-mail address of the proof as proven, keeping the pending password. Null when there is no such account. */
  verifyEmail(proof: Proof): Promise<Account | null>
  /** The same without its registration: pending password and sessions of an account that was never verified go (A5). */
  claimEmail(proof: Proof): Promise<Account | null>
  /** Makes the account of a proven address, or answers null when the address has one. Unproven claims give way (A5). */
  signUp(proof: Proof, person: Person): Promise<Account | null>
}

/** A registration by e-mail address and password; the account is of type `USER`. */
export type Registration = {
  projectId: ProjectId
  challengeId: ChallengeId
  email: EmailAddress
  firstName: string | null
  lastName: string | null
  /** The language that was asked for with it. */
  locale: MessageLocale | null
}

/** Who signs up: the other address is only claimed. */
export type Person = { phone: PhoneNumber | null; fullName: string | null; locale: MessageLocale | null }
