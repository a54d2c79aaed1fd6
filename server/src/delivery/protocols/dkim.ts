import { createPrivateKey } from 'node:crypto'
import DKIM from 'nodemailer/lib/dkim'
import type { Secret } from '../../domain/secret.ts'

/** The signing domain, the selector of the public key (`selector._domainkey.domain`), and the private key in PEM. */
export type DkimKey = { domain: string; selector: string; privateKey: Secret }

/** Returns the mail with its signature in front. */
export type SignMail = (mail: Buffer) => Promise<Buffer>

const modulusBitsMin = 1024

/** Signs mail with rsa-sha256 (RFC 6376). A key that cannot sign stops the start, not only the first mail. */
export function createDkimSigner({ domain, selector, privateKey }: DkimKey): SignMail {
  requireRsaKey(privateKey)
  const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey: privateKey.reveal() })
  return async (mail) => {
    const chunks: Buffer[] = []
    for await (const chunk of signer.sign(mail)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
}

/** Errors repeat nothing of the key. Verifiers must not accept shorter keys (RFC 8301 section 3). */
function requireRsaKey(privateKey: Secret): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = parseKey(privateKey)
  if (type !== 'rsa' || (details?.modulusLength ?? 0) < modulusBitsMin)
    throw new Error(`The private key of DKIM must be an RSA key of at least ${modulusBitsMin} bits`)
}

function parseKey(privateKey: Secret) {
  try {
    return createPrivateKey(privateKey.reveal())
  } catch {
    throw new Error('The private key of DKIM is not a private key in PEM format')
  }
}
