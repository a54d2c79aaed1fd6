import { generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSelfSignedCertificate } from '../harness/self-signed-certificate.ts'

/*
 * Stands for the host of SNS in the region of the topic: it serves the certificates that messages are signed with, and
 * confirms subscriptions.
 */

export const topicArn = 'arn:aws:sns:eu-west-1:123456789012:codes'
export const snsOrigin = 'https://sns.eu-west-1.amazonaws.com'

const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const keys: Record<string, KeyPairKeyObjectResult> = { current: newKeys(), expired: newKeys() }
const certificates: Record<string, string> = {
  current: createSelfSignedCertificate({ keys: keys.current as KeyPairKeyObjectResult }).cert,
  expired: createSelfSignedCertificate({
    keys: keys.expired as KeyPairKeyObjectResult,
    validTo: new Date(Date.now() - 60_000),
  }).cert,
  broken: 'no certificate',
}
const pathOf = (name: string) => `/SimpleNotificationService-${name}.pem`

/** The URL of a certificate as messages name it. */
export const certificateUrl = (name: string): string => snsOrigin + pathOf(name)

export type SnsHost = Awaited<ReturnType<typeof startSnsHost>>

/** Starts the host on this machine. */
export async function startSnsHost() {
  const asked: string[] = []
  const confirmations: string[] = []
  const state = { isDown: false }
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    asked.push(`${request.method} ${request.url}`)
    if (state.isDown) return void response.writeHead(503).end()
    if (request.method === 'POST') {
      confirmations.push(Buffer.concat(chunks).toString('utf8'))
      return void response.writeHead(200).end('<ConfirmSubscriptionResponse/>')
    }
    const name = Object.keys(certificates).find((known) => pathOf(known) === request.url)
    response.writeHead(name === undefined ? 404 : 200).end(name === undefined ? '' : certificates[name])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The requests, such as `GET /SimpleNotificationService-….pem`. */
    asked,
    /** The bodies of the confirmations. */
    confirmations,
    state,
    stop(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}

export type SnsMessage = Record<string, string>

/** A message of SNS with the signature of its version, by the key of a certificate. */
export function signedBySns(message: SnsMessage, { version = '1', key = 'current' } = {}): SnsMessage {
  const names =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
  const text = names.flatMap((name) => (name in message ? [`${name}\n${message[name]}\n`] : [])).join('')
  const privateKey = keys[key]?.privateKey
  if (privateKey === undefined) throw new Error(`no key ${key}`)
  const signature = sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), privateKey)
  return {
    SignatureVersion: version,
    Signature: signature.toString('base64'),
    SigningCertURL: certificateUrl(key),
    ...message,
  }
}
