import type { PasswordHash } from '../../domain/account.ts'
import type { Secret } from '../../domain/secret.ts'

/**
 * Hashes passwords, a bounded number at once (A1). Who waits stands in the line of its network, and the lines take turns,
 * so that a network that asks for much delays itself alone.
 */
export type PasswordHashing = {
  /**
   * Runs `work` in a place of the line, or throws `Unavailable`. Callers take the place before they count or send anything
   * that needs a hash: what was counted is also compared.
   */
  withPlace<Result>(line: string, work: (hasher: PasswordHasher) => Promise<Result>): Promise<Result>
  /** Hashes a password that an operator gives, in a line of their own. */
  hash(password: Secret): Promise<PasswordHash>
}

/** What can be done in one place. */
export type PasswordHasher = {
  hash(password: Secret): Promise<PasswordHash>
  /** Compares a password. One that is not right costs the same whatever it is compared with (A3). */
  verify(password: Secret, against: ComparedHash): Promise<VerifiedPassword>
}

export type ComparedHash = {
  /** Null where there is none to compare with. */
  hash: PasswordHash | null
  /** The kinds of the hashes that the project has imported. */
  importedKinds: readonly HashKind[]
}

/** `isOutdated`: the hash was imported or has older parameters. Hash the password again while it is known. */
export type VerifiedPassword = { isRight: boolean; isOutdated: boolean }

/** The beginning of a hash, which determines what a comparison costs: `$2b$12`, `$argon2id$v=19$m=65536,t=3,p=1`. */
export type HashKind = string
