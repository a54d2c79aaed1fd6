import { createHash, createHmac } from 'node:crypto'
import { Secret } from '../../../src/domain/secret.ts'
import { demand, type StandInRequest } from './stand-in.ts'

const accessKeyId = 'AKIDEXAMPLE000000000'
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const awsRegion = 'eu-west-1'

export const awsSettings = (baseUrl: string) => ({
  region: awsRegion,
  accessKeyId,
  secretAccessKey: new Secret(secretAccessKey),
  baseUrl,
})
export const awsWrong = { secretAccessKey: new Secret('another/secret') }

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
const sign = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest()

/**
 * Verifies Signature Version 4 like the receiver: from the request as it arrived, the headers that it lists as signed,
 * and the secret of the access key that it names. False for a signature with another secret.
 */
export function verifyAws({ method, path, headers, body }: StandInRequest, service: string): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
  const [, keyId, scope = '', signed = '', signature] = form.exec(headers.authorization ?? '') ?? []
  const time = String(headers['x-amz-date'])
  demand(/^[0-9]{8}T[0-9]{6}Z$/.test(time), 'x-amz-date is a time')
  const sentAt = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  demand(Math.abs(Date.now() - sentAt) < 5 * 60_000, 'the time is ours')
  demand(keyId === accessKeyId, 'the access key is ours')
  demand(scope === `${time.slice(0, 8)}/${awsRegion}/${service}/aws4_request`, `the scope is ${scope}`)
  const names = signed.split(';')
  demand([...names].sort().join(';') === signed, 'signed headers stand in order')
  for (const name of ['host', 'x-amz-date', 'content-type']) demand(names.includes(name), `${name} is signed`)

  const canonicalHeaders = names.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('')
  const canonical = `${method}\n${path}\n\n${canonicalHeaders}\n${signed}\n${digest(body)}`
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest(canonical)}`
  const day = sign(`AWS4${secretAccessKey}`, time.slice(0, 8))
  const key = sign(sign(sign(day, awsRegion), service), 'aws4_request')
  return sign(key, toSign).toString('hex') === signature
}
