/** A message of PostgreSQL's protocol, version 3. The first of a client has no type: `''`. */
export type PostgresMessage = { type: string; body: Buffer; bytes: Buffer }

/** Cuts a stream into messages. The first of a client is the start-up, or a request for encryption. */
export function createMessageReader(isClient: boolean, onMessage: (message: PostgresMessage) => void) {
  let rest = Buffer.alloc(0)
  let isStartup = isClient
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = isStartup ? 0 : 1
      if (rest.length < head + 4) return
      const length = head + rest.readInt32BE(head)
      if (rest.length < length) return
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      const type = isStartup ? '' : String.fromCharCode(bytes[0] ?? 0)
      isStartup = false
      onMessage({ type, body: bytes.subarray(head + 4), bytes })
    }
  }
}
