import { createHash } from 'node:crypto'

/** Solves an ALTCHA puzzle, version 2, as its clients do: written from the protocol, not from our own code. */
export function solveWork(puzzle: {
  parameters: { cost: number; keyPrefix: string; nonce: string; salt: string }
}): string {
  const { cost, keyPrefix, nonce, salt } = puzzle.parameters
  for (let counter = 0; ; counter += 1) {
    const password = Buffer.alloc(20)
    Buffer.from(nonce, 'hex').copy(password)
    password.writeUInt32BE(counter, 16)
    let key: Buffer = Buffer.concat([Buffer.from(salt, 'hex'), password])
    for (let round = 0; round < cost; round += 1) key = createHash('sha256').update(key).digest()
    const derivedKey = key.toString('hex')
    if (derivedKey.startsWith(keyPrefix)) {
      const payload = { challenge: puzzle, solution: { counter, derivedKey, time: 1 } }
      return Buffer.from(JSON.stringify(payload)).toString('base64')
    }
  }
}
