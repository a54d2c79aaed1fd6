import { availableParallelism } from 'node:os'
import * as argon2Library from '@node-rs/argon2'
import * as bcryptLibrary from '@node-rs/bcrypt'
import { canonicalPassword, passwordSpellings } from '../domain/password.ts'
import { Secret } from '../domain/secret.ts'
import type {
  ComparedHash,
  PasswordHasher,
  PasswordHashing,
  VerifiedPassword,
} from '../engine/ports/password-hashing.ts'
import { costOf, kindOf, ownKind, parameters, standInOf } from './hash-kinds.ts'
import { createHashingQueue, type InTurn } from './hashing-queue.ts'

/*
 * Password hashing: argon2id for every hash that we write, and bcrypt for imported ones until their owner logs in.
 */

export type PasswordHashingOptions = {
  /** Concurrent hashes. More than the number of cores would only make each of them slower. */
  concurrency?: number
  /** Hashes that may wait. Fifty for each core take about one second. */
  queueMax?: number
  argon2?: Pick<typeof argon2Library, 'hash' | 'verify'>
  bcrypt?: Pick<typeof bcryptLibrary, 'verify'>
}

/** An operator waits beside the networks of callers, not behind one of them. */
const operatorLine = 'operator'

/** Makes the hasher of a process. Each hasher has its own queue: two of them hash twice as many at once. */
export function createPasswordHashing({
  concurrency = availableParallelism(),
  queueMax = 50 * concurrency,
  argon2 = argon2Library,
  bcrypt = bcryptLibrary,
}: PasswordHashingOptions = {}): PasswordHashing {
  const queue = createHashingQueue(concurrency, concurrency + queueMax)

  const matches = (password: string, hash: string): Promise<boolean> =>
    hash.startsWith('$argon2') ? argon2.verify(hash, password) : bcrypt.verify(password, hash)

  /** A hash that only another spelling than the first matches is outdated, like a hash of another kind. */
  const compare = async (password: string, hash: string): Promise<VerifiedPassword> => {
    for (const [index, spelling] of passwordSpellings(password).entries())
      if (await matches(spelling, hash))
        return { isRight: true, isOutdated: index > 0 || kindOf(hash) !== ownKind }
    return { isRight: false, isOutdated: false }
  }

  /**
   * A wrong password is compared with one hash of every kind that the project has: with the account's own, or without one
   * with a stand-in, and with stand-ins of the others. So it costs the same for every account and for none (A3).
   */
  const verify = async (
    password: string,
    { hash, importedKinds }: ComparedHash,
  ): Promise<VerifiedPassword> => {
    const stored = hash?.reveal() ?? null
    const verified = stored === null ? wrong : await compare(password, stored)
    if (verified.isRight) return verified
    const costs = new Map([ownKind, ...importedKinds].map((kind) => [costOf(kind), kind]))
    if (stored !== null) costs.delete(costOf(kindOf(stored) ?? ''))
    for (const kind of costs.values()) await compare(password, standInOf(kind))
    return verified
  }

  const hasherOf = (inTurn: InTurn): PasswordHasher => ({
    hash: (password) =>
      inTurn(async () => new Secret(await argon2.hash(canonicalPassword(password.reveal()), parameters))),
    verify: (password, against) => inTurn(() => verify(password.reveal(), against)),
  })

  return {
    withPlace: (line, work) => queue.withPlace(line, (inTurn) => work(hasherOf(inTurn))),
    hash: (password) => queue.withPlace(operatorLine, (inTurn) => hasherOf(inTurn).hash(password)),
  }
}

const wrong: VerifiedPassword = { isRight: false, isOutdated: false }
