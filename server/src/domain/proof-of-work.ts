import { createHash } from 'node:crypto'

/*
 * The proof of work that a project may require of keyless senders (S10), in the format of ALTCHA, version 2: the solver
 * counts up until the iterated SHA-256 of salt, nonce and counter begins with the required prefix.
 */

/** As sent over the wire. The members are in alphabetical order, which is the order of the signed text. */
export type WorkParameters = {
  algorithm: 'SHA-256'
  /** How often each counter is hashed. */
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

/** The bounds of the hashes that an average solver computes. */
export const hashesMin = 1_000
export const hashesMax = 50_000_000

/** Makes the parameters of a proof of work that takes about `hashes` hashes to solve. `random` has 32 bytes. */
export function makeWork(hashes: number, expiresAt: Date, random: Buffer): WorkParameters {
  // A longer prefix only makes solving harder; a higher cost also makes checking slower. So the prefix comes first.
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

/** The signed text of parameters. */
export const canonicalWork = (parameters: WorkParameters): string =>
  JSON.stringify(parameters, Object.keys(parameters).sort())

/** Whether a counter solves the work. The solver's derived key is ignored and derived again here. */
export function solvesWork({ cost, keyPrefix, nonce, salt }: WorkParameters, counter: number): boolean {
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(counter)
  let key: Buffer = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(nonce, 'hex'), tail])
  for (let round = 0; round < cost; round += 1) key = createHash('sha256').update(key).digest()
  return key.toString('hex').startsWith(keyPrefix)
}
