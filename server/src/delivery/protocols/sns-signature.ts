import { verify, X509Certificate } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import { type JsonObject, textOf } from './answer-body.ts'
import { getText } from './http-get.ts'

/*
 * The signature of SNS messages (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html). SNS signs
 * with a certificate that each message names. It is believed because it was fetched over https from the host of SNS in the
 * topic's own region; a caller chooses no more than the name of a file there.
 */

export type SnsSource = {
  topicArn: string
  /** What is asked instead of the hosts of Amazon: a proxy on this machine. */
  snsUrl?: string | undefined
}

const hashes: Record<string, 'sha1' | 'sha256'> = { 1: 'sha1', 2: 'sha256' }
const subscriptionFields = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
const signedFields: Record<string, readonly string[]> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: subscriptionFields,
  UnsubscribeConfirmation: subscriptionFields,
}
/** SNS changes its certificate about once a year. */
const certificatesMax = 8
const certificatePath = /^\/SimpleNotificationService-[0-9a-zA-Z]{1,64}\.pem$/

/**
 * Checks the signatures of a topic's messages. Throws `Unavailable` if the certificate cannot be had now: SNS repeats a
 * message that is answered 503, and drops one that is answered 403.
 */
export function createSnsVerifier({
  topicArn,
  snsUrl,
}: SnsSource): (message: JsonObject) => Promise<boolean> {
  const host = snsHostOf(topicArn)
  const certificates = new LRUCache<string, Promise<X509Certificate | null>>({ max: certificatesMax })

  const certificateAt = (path: string): Promise<X509Certificate | null> => {
    const known = certificates.get(path)
    if (known !== undefined) return known
    const asked = getText(new URL(path, snsUrl ?? `https://${host}`)).then(parseCertificate)
    certificates.set(path, asked)
    // What failed is asked for again, by the next message.
    const forget = () => void certificates.delete(path)
    asked.then((certificate) => certificate ?? forget(), forget)
    return asked
  }

  return async (message) => {
    const hash = hashes[textOf(message.SignatureVersion)]
    const signed = signedText(message)
    const path = certificatePathOf(textOf(message.SigningCertURL), host)
    const { Signature } = message
    if (hash === undefined || signed === null || path === null || typeof Signature !== 'string') return false
    const certificate = await certificateAt(path).catch((cause: unknown) => {
      throw new Unavailable('the certificate of SNS could not be fetched', { retryAfterSeconds: 20, cause })
    })
    if (certificate === null || !isValidNow(certificate)) return false
    return verify(hash, Buffer.from(signed), certificate.publicKey, Buffer.from(Signature, 'base64'))
  }
}

/** The host of SNS in the region of a topic, such as eu-west-1 in `arn:aws:sns:eu-west-1:123456789012:codes`. */
export function snsHostOf(topicArn: string): string {
  const [, partition, , region] = topicArn.split(':')
  return `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
}

function certificatePathOf(given: string, host: string): string | null {
  if (!URL.canParse(given)) return null
  const url = new URL(given)
  const isOfSns = url.origin === `https://${host}` && url.username === '' && url.password === ''
  return isOfSns && url.search === '' && certificatePath.test(url.pathname) ? url.pathname : null
}

function parseCertificate(text: string): X509Certificate | null {
  try {
    const certificate = new X509Certificate(text)
    return certificate.publicKey.asymmetricKeyType === 'rsa' ? certificate : null
  } catch {
    return null
  }
}

function isValidNow({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now()
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}

/** Each field that the message has, as its name and its value on a line each; null if a field is no text. */
function signedText(message: JsonObject): string | null {
  const names = signedFields[textOf(message.Type)]
  if (names === undefined) return null
  let text = ''
  for (const name of names) {
    const value = message[name]
    if (value === undefined && name === 'Subject') continue
    if (typeof value !== 'string') return null
    text += `${name}\n${value}\n`
  }
  return text
}
