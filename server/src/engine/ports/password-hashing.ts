import type { PasswordHash } from '../../domain/account.ts'
import type { Secret } from '../../domain/secret.ts'

/**
 * Hashes passwords. Each call takes a place in a bounded queue and throws `Unavailable` when the queue is full (A1), so
 * callers check limits first.
 */
export type PasswordHashing = {
  hash(password: Secret): Promise<PasswordHash>
  /** `isOutdated`: the hash was imported or has older parameters. Hash the password again while it is known. */
  verify(password: Secret, hash: PasswordHash): Promise<{ isRight: boolean; isOutdated: boolean }>
  /** Takes as long as `verify` when there is no hash to compare with (A3). */
  verifyAgainstNothing(password: Secret): Promise<void>
  /** Throws `Unavailable` when the queue is full. Callers use it before they count or send anything that needs a hash. */
  requireRoom(): void
}
