import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { Secret } from '../../domain/secret.ts'

/*
 * Encryption at rest for secrets that we must be able to read again, such as those of webhooks and carriers: AES-256-GCM
 * with a key that HKDF derives from the master secret for this use alone. The associated data names the place of the
 * secret, so a row that is copied elsewhere cannot be opened there.
 */

/** Seals with the current master secret; opens with the current and the previous one. */
export type Sealer = {
  seal(secret: Secret, associatedData: string): Buffer
  /** Null if it was sealed with an unknown key or for another place, or was tampered with. */
  open(sealed: Buffer, associatedData: string): Secret | null
  /** The same secret sealed with the current key; null if it already is, or if it cannot be opened. */
  reseal(sealed: Buffer, associatedData: string): Buffer | null
}

const formatVersion = 1
const keyIdBytes = 4
const nonceBytes = 12
const tagBytes = 16
const headBytes = 1 + keyIdBytes + nonceBytes

type SealingKey = { id: Buffer; key: Buffer }

/** Makes the sealer of a master secret and, while it is being replaced, the previous one. */
export function createSealer({ current, previous }: { current: Secret; previous: Secret | null }): Sealer {
  const newest = deriveSealingKey(current)
  const keys = previous === null ? [newest] : [newest, deriveSealingKey(previous)]
  const keyOf = (sealed: Buffer): SealingKey | undefined =>
    keys.find(({ id }) => id.equals(sealed.subarray(1, 1 + keyIdBytes)))

  const sealer: Sealer = {
    seal(secret, associatedData) {
      // Random nonces are safe for about 2³² secrets with one key; we store a few for each project.
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce).setAAD(Buffer.from(associatedData))
      const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([formatVersion]), newest.id, nonce, text, cipher.getAuthTag()])
    },

    open(sealed, associatedData) {
      const key = keyOf(sealed)
      if (sealed[0] !== formatVersion || key === undefined || sealed.length < headBytes + tagBytes)
        return null
      const nonce = sealed.subarray(1 + keyIdBytes, headBytes)
      const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(associatedData))
        .setAuthTag(sealed.subarray(-tagBytes))
      try {
        const text = Buffer.concat([decipher.update(sealed.subarray(headBytes, -tagBytes)), decipher.final()])
        return new Secret(text.toString('utf8'))
      } catch {
        return null
      }
    },

    reseal(sealed, associatedData) {
      const opened = keyOf(sealed) === newest ? null : sealer.open(sealed, associatedData)
      return opened === null ? null : sealer.seal(opened, associatedData)
    },
  }
  return sealer
}

/** HKDF-SHA-256 (RFC 5869), with one label for each use, so that no key has two uses. */
function deriveSealingKey(secret: Secret): SealingKey {
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', `watchword/${label}/1`, 32))
  const id = createHash('sha256').update(derive('sealing-key-id')).digest().subarray(0, keyIdBytes)
  return { id, key: derive('sealing') }
}
