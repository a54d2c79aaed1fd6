import { createHash } from 'node:crypto'

/*
 * The proof of work that keyless senders may be asked for (S10), in the form of ALTCHA's proof of work, version 2: the
 * solver counts up until the iterated SHA-256 of salt, nonce and counter begins with the prefix that is asked for.
 */

/** As it goes over the wire, in the order of its names: that is the text which is signed. */
export type WorkParameters = {
  algorithm: 'SHA-256'
  /** How often each try is hashed. */
  cost: number
  /** Seconds since 1970. */
  expiresAt: number
  keyLength: 32
  /** Hexadecimal digits that the result must begin with. */
  keyPrefix: string
  nonce: string
  salt: string
}

export const workLifeSeconds = 600

/** What an average solver has to hash, least and most. */
export const hashesMin = 1_000
export const hashesMax = 50_000_000

/** Makes the parameters of a proof of work that takes about `hashes` hashes to solve. `random` has 32 bytes. */
export function makeWork(hashes: number, expiresAt: Date, random: Buffer): WorkParameters {
  // A longer prefix makes solving harder, a higher cost makes checking slower as well; so the prefix comes first.
  const prefixLength = hashes < 16 ** 3 * 4 ? 2 : hashes < 16 ** 4 * 4 ? 3 : 4
  return {
    algorithm: 'SHA-256',
    cost: Math.max(1, Math.round(hashes / 16 ** prefixLength)),
    expiresAt: Math.floor(expiresAt.getTime() / 1000),
    keyLength: 32,
    keyPrefix: '0'.repeat(prefixLength),
    nonce: random.subarray(0, 16).toString('hex'),
    salt: random.subarray(16, 32).toString('hex'),
  }
}

/** The text of parameters that is signed. */
export const canonicalWork = (parameters: WorkParameters): string =>
  JSON.stringify(parameters, Object.keys(parameters).sort())

/** Whether a counter solves it. What the solver derived is not asked for: it is derived again here. */
export function solvesWork({ cost, keyPrefix, nonce, salt }: WorkParameters, counter: number): boolean {
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(counter)
  let key: Buffer = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(nonce, 'hex'), tail])
  for (let round = 0; round < cost; round += 1) key = createHash('sha256').update(key).digest()
  return key.toString('hex').startsWith(keyPrefix)
}
