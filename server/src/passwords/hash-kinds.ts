import { randomBytes } from 'node:crypto'
import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import type { PasswordHash } from '../domain/account.ts'
import { Secret } from '../domain/secret.ts'
import type { HashKind } from '../engine/ports/password-hashing.ts'

/*
 * The kinds of hashes: ours, and those of accounts that were imported until their owners log in.
 */

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane (A1). */
export const parameters = {
  algorithm: 2 satisfies argon2.Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}

/** The kind of every hash that we make. Migrations name it as well: an index finds all other ones. */
export const ownKind: HashKind = '$argon2id$v=19$m=19456,t=2,p=1'

/*
 * What an imported hash may cost: about a fifth of a second. Every wrong password in a project that has one costs as much, so
 * with more expensive ones a few logins would occupy the server.
 */
const importedMemoryKibibytesMax = 65_536
/** Memory times passes: 64 MiB with four passes. */
const importedWorkMax = 4 * importedMemoryKibibytesMax
const importedLanesMax = 16
const importedBcryptCostMax = 12

/** Parses a hash for import: argon2id in PHC format or bcrypt, at an acceptable cost. Null for anything else. */
export function parsePasswordHash(input: unknown): PasswordHash | null {
  if (typeof input !== 'string' || input.length > 300) return null
  return isAcceptedArgon2(input) || isAcceptedBcrypt(input) ? new Secret(input) : null
}

/** The kind of a stored hash; null for none that is known. */
export const kindOf = (hash: string): HashKind | null =>
  /^(?:\$2.\$\d\d|\$argon2id(?:\$v=\d+)?\$m=\d+,t=\d+,p=\d+)(?=\$)/.exec(hash)?.[0] ?? null

/** Kinds of the same cost are the same here: the letters of bcrypt differ only in mistakes of its first implementations. */
export const costOf = (kind: HashKind): string => kind.replace(/^\$2.\$/, '$2b$')

/** A hash of a kind that no password matches. It is only written down, so that making it costs nothing. */
export function standInOf(kind: HashKind): string {
  const isBcrypt = kind.startsWith('$2')
  const [salt, digest] = [base64(16), base64(isBcrypt ? 23 : 32)]
  return isBcrypt ? `${kind}$${bcryptLetters(salt + digest)}` : `${kind}$${salt}$${digest}`
}

const base64 = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '')

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const lettersOfBcrypt = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const bcryptLetters = (text: string): string =>
  text.replace(/./g, (letter) => lettersOfBcrypt[letters.indexOf(letter)] ?? '')

function isAcceptedArgon2(text: string): boolean {
  // No parameter but these three: each key or datum would be a kind of its own.
  if (!/^\$argon2id(\$v=(16|19))?\$m=\d+,t=\d+,p=\d+\$/.test(text)) return false
  try {
    const { memoryCost, timeCost, parallelism } = argon2.parseOptions(text)
    return (
      memoryCost >= 8 * parallelism &&
      memoryCost <= importedMemoryKibibytesMax &&
      memoryCost * timeCost <= importedWorkMax &&
      parallelism <= importedLanesMax
    )
  } catch {
    return false // Not a hash.
  }
}

function isAcceptedBcrypt(text: string): boolean {
  if (!/^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text)) return false
  try {
    return bcrypt.parseOptions(text).cost <= importedBcryptCostMax
  } catch {
    return false // A comparison with it would end at once, and tell that there is an account.
  }
}
