import DKIM from 'nodemailer/lib/dkim'
import type { Secret } from '../domain/secret.ts'

/** Whose signature it is, where its public key stands (`selector._domainkey.domain`), and the private one in PEM. */
export type DkimKey = { domain: string; selector: string; privateKey: Secret }

/** A mail with its signature in front. */
export type SignMail = (mail: Buffer) => Promise<Buffer>

/** Signs mail (RFC 6376), with rsa-sha256 or ed25519-sha256 as the key is. */
export function createDkimSigner({ domain, selector, privateKey }: DkimKey): SignMail {
  const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey: privateKey.reveal() })
  return async (mail) => {
    const chunks: Buffer[] = []
    for await (const chunk of signer.sign(mail)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
}
