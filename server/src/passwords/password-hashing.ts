import { availableParallelism } from 'node:os'
import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import type { PasswordHash } from '../domain/account.ts'
import { canonicalPassword, passwordSpellings } from '../domain/password.ts'
import { Secret } from '../domain/secret.ts'
import type { PasswordHashing } from '../engine/ports/password-hashing.ts'
import { Unavailable } from '../engine/ports/unavailable.ts'

/*
 * Password hashing: argon2id for every hash that we write, and bcrypt for imported ones until their owner logs in.
 */

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane (A1). */
const parameters = {
  algorithm: 2 satisfies argon2.Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}

/** With a more expensive imported hash, a few logins could block the server. */
const importedMemoryKibibytesMax = 262_144
const importedPassesMax = 16
const importedBcryptCostMax = 14

export type PasswordHashingOptions = {
  /** Concurrent hashes. More than the number of cores would only make each of them slower. */
  concurrency?: number
  /** Hashes that may wait. Fifty for each core take about one second. */
  queueMax?: number
}

/** Makes the hasher of a process. Each hasher has its own queue: two of them hash twice as many at once. */
export function createPasswordHashing({
  concurrency = availableParallelism(),
  queueMax = 50 * concurrency,
}: PasswordHashingOptions = {}): PasswordHashing {
  const { inTurn, requireRoom } = createQueue(concurrency, queueMax)
  // A hash of nothing that anybody knows; to compare with it costs what comparing with a real one costs. Made at the start, or
  // the first unknown account would cost two hashes (A3).
  const nothing = argon2.hash(crypto.randomUUID(), parameters)
  // A caller that waits for it gets the failure; there may be no such caller yet.
  nothing.catch(() => {})

  return {
    hash: (password) =>
      inTurn(async () => new Secret(await argon2.hash(canonicalPassword(password.reveal()), parameters))),
    verify: (password, hash) => inTurn(() => verify(password.reveal(), hash.reveal())),
    verifyAgainstNothing: (password) =>
      inTurn(async () => {
        for (const spelling of passwordSpellings(password.reveal()))
          await argon2.verify(await nothing, spelling)
      }),
    requireRoom,
  }
}

/** Parses a hash for import: argon2id in PHC format or bcrypt, at an acceptable cost. Null for anything else. */
export function parsePasswordHash(input: unknown): PasswordHash | null {
  if (typeof input !== 'string' || input.length > 300) return null
  return isAcceptedArgon2(input) || isAcceptedBcrypt(input) ? new Secret(input) : null
}

type Verified = { isRight: boolean; isOutdated: boolean }

/** A hash that only another spelling matches is outdated, like a hash of other parameters, and is replaced. */
async function verify(password: string, hash: string): Promise<Verified> {
  const [canonical = '', ...others] = passwordSpellings(password)
  const verified = await verifySpelling(canonical, hash)
  if (verified.isRight) return verified
  for (const spelling of others) {
    const { isRight } = await verifySpelling(spelling, hash)
    if (isRight) return { isRight, isOutdated: true }
  }
  return verified
}

async function verifySpelling(password: string, hash: string): Promise<Verified> {
  if (hash.startsWith('$argon2')) {
    const isRight = await argon2.verify(hash, password)
    return { isRight, isOutdated: isRight && !hasOurParameters(hash) }
  }
  return { isRight: await bcrypt.verify(password, hash), isOutdated: true }
}

function hasOurParameters(hash: string): boolean {
  const { algorithm, memoryCost, timeCost, parallelism } = argon2.parseOptions(hash)
  return (
    algorithm === parameters.algorithm &&
    memoryCost === parameters.memoryCost &&
    timeCost === parameters.timeCost &&
    parallelism === parameters.parallelism
  )
}

function isAcceptedArgon2(text: string): boolean {
  if (!text.startsWith('$argon2id$')) return false
  try {
    const { memoryCost, timeCost, parallelism } = argon2.parseOptions(text)
    return memoryCost <= importedMemoryKibibytesMax && timeCost <= importedPassesMax && parallelism <= 16
  } catch {
    return false // Not a hash.
  }
}

function isAcceptedBcrypt(text: string): boolean {
  const cost = /^\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text)?.[1]
  return cost !== undefined && Number(cost) >= 4 && Number(cost) <= importedBcryptCostMax
}

/** Runs at most `concurrency` tasks at once. `queueMax` more may wait; further ones are refused. */
function createQueue(concurrency: number, queueMax: number) {
  const waiting: (() => void)[] = []
  let running = 0

  const requireRoom = (): void => {
    if (running >= concurrency && waiting.length >= queueMax)
      throw new Unavailable('too many passwords wait to be hashed')
  }

  const inTurn = async <Result>(task: () => Promise<Result>): Promise<Result> => {
    requireRoom()
    // A finished task passes its place on, so `running` does not change.
    if (running >= concurrency) await new Promise<void>((admit) => waiting.push(admit))
    else running += 1
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return { inTurn, requireRoom }
}
