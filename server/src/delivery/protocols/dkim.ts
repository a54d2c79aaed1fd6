import { createHash, createPrivateKey, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secret } from '../../domain/secret.ts'

/** The signing domain, the selector of the public key (`selector._domainkey.domain`), and the private key in PEM. */
export type DkimKey = { domain: string; selector: string; privateKey: Secret }

/** Returns the mail with its signature in front. */
export type SignMail = (mail: Buffer) => Promise<Buffer>

const modulusBitsMin = 1024

/** In another thread, for a signature takes longer than everything else of a mail. */
const signAside = promisify(sign)

/**
 * What is signed, where the mail has it. The mail library signs each header as often as it occurs; we sign From and Subject
 * once more, so that nobody can put another in front of ours (RFC 6376 section 8.15).
 */
const signedHeaders = [
  'from',
  'from',
  'subject',
  'subject',
  'date',
  'message-id',
  'to',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'auto-submitted',
  'x-auto-response-suppress',
]

/** Signs mail with rsa-sha256, relaxed (RFC 6376). A key that cannot sign stops the start, and not the first mail. */
export function createDkimSigner({ domain, selector, privateKey }: DkimKey): SignMail {
  requireRsaKey(privateKey)
  const key = createPrivateKey(privateKey.reveal())
  return async (mail) => {
    const text = mail.toString('latin1')
    const cut = text.indexOf('\r\n\r\n')
    const headers = parseHeaders(text.slice(0, cut))
    const names = signedHeaders.filter((name) => headers.has(name))
    const bodyHash = createHash('sha256')
      .update(relaxBody(text.slice(cut + 4)), 'latin1')
      .digest('base64')
    const head = `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=${selector};\r\n bh=${bodyHash};\r\n h=${names.join(':\r\n ')};\r\n b=`
    const signed = Buffer.from(signedText({ headers, names, head }), 'latin1')
    const signature = await signAside('sha256', signed, key)
    const folded = signature.toString('base64').replace(/.{72}(?=.)/g, '$&\r\n ')
    return Buffer.concat([Buffer.from(`DKIM-Signature: ${head}${folded}\r\n`, 'latin1'), mail])
  }
}

/** The headers by their names in lower case, each with all its values in order. */
function parseHeaders(head: string): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (const line of head.split(/\r\n(?![ \t])/)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1)])
  }
  return headers
}

/** What the signature is of: of headers of one name the last first, and nothing for one more than there are (section 5.4.2). */
function signedText({
  headers,
  names,
  head,
}: {
  headers: Map<string, string[]>
  names: string[]
  head: string
}): string {
  const left = new Map([...headers].map(([name, values]) => [name, [...values]]))
  const lines = names.flatMap((name) => {
    const value = left.get(name)?.pop()
    return value === undefined ? [] : [`${name}:${relaxLine(value)}\r\n`]
  })
  return `${lines.join('')}dkim-signature:${relaxLine(head)}`
}

/** Section 3.4.2. */
const relaxLine = (value: string): string =>
  value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()

/** Section 3.4.4. */
function relaxBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  const text = lines.join('\r\n').replace(/(\r\n)+$/, '')
  return text === '' ? '' : `${text}\r\n`
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
