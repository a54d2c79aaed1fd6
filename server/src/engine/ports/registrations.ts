import type { Account, PasswordHash } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Registrant } from '../../domain/registrant.ts'

/** Creates accounts, and decides who gets an address that was only claimed (A5). */
export type RegistrationStore = {
  /**
   * Begins the registration that `challengeId` was sent for, in the place of an older one by the same registrant. Makes the
   * account of a new address. Leaves a proven address, a newer registration and those of other registrants alone.
   */
  begin(registration: Registration): Promise<void>
  /** Stores the password of a registration, if it still waits and is the newest of its registrant. */
  finish(
    registration: Pick<Registration, 'projectId' | 'email' | 'registrant' | 'challengeId'>,
    passwordHash: PasswordHash,
  ): Promise<void>
  /**
   * Marks the e-mail address of the proof as proven. An address that nobody had proven gets password and names of what
   * `registrant` registered before the proven code was sent, and none for null; all else that was registered goes (A5).
   * Null when there is no such account.
   */
  verifyEmail(proof: Proof, registrant: Registrant | null): Promise<Account | null>
  /** The same for the account of the proof, which keeps nothing of what was registered (A5). */
  claimEmail(proof: Proof): Promise<Account | null>
  /**
   * The account with this number, which the proof is of. Where nobody had proven an address of it, it keeps only what an operator
   * has given it (A5). Null when the number is not the account's any more, or another account of its type has proven it.
   */
  claimPhone(proof: Proof, accountId: AccountId): Promise<Account | null>
  /** Creates the account of a proven address and drops unproven claims (A5). Null if the address has an account. */
  signUp(proof: Proof, person: Person): Promise<Account | null>
}

/** A registration by e-mail address and password; the account is of type `USER`. */
export type Registration = {
  projectId: ProjectId
  challengeId: ChallengeId
  email: EmailAddress
  registrant: Registrant
  firstName: string | null
  lastName: string | null
  /** The language that the registration asked for. */
  locale: MessageLocale | null
}

/** The person who signs up. The phone is only claimed unless the proof is of it. */
export type Person = { phone: PhoneNumber | null; fullName: string | null; locale: MessageLocale | null }
