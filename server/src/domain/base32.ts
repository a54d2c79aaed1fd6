const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 (RFC 4648 section 6) without padding, as authenticator apps take secrets. */
export function renderBase32(bytes: Buffer): string {
  let text = ''
  let [waiting, bits] = [0, 0]
  for (const byte of bytes) {
    waiting = (waiting << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += alphabet[(waiting >> (bits - 5)) & 31]
    waiting &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(waiting << (5 - bits)) & 31]
}
