import type { PasswordHash } from '../../domain/account.ts'
import type { Secret } from '../../domain/secret.ts'

/**
 * Hashes passwords. Each call takes a place in a bounded queue and throws `Unavailable` when the queue is full (A1), so
 * limits are asked before any of them.
 */
export type PasswordHashing = {
  hash(password: Secret): Promise<PasswordHash>
  /** `isOutdated`: the hash was imported or has older parameters; hash anew while the password is at hand. */
  verify(password: Secret, hash: PasswordHash): Promise<{ isRight: boolean; isOutdated: boolean }>
  /** Takes as long as `verify` where there is nothing to compare with (A3). */
  verifyAgainstNothing(password: Secret): Promise<void>
  /** Throws `Unavailable` when the queue is full: asked before anything is counted or sent for a hash to come. */
  requireRoom(): void
}
