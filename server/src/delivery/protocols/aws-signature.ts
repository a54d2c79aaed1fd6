import { createHash, createHmac } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

export type AwsKeys = {
  accessKeyId: string
  secretAccessKey: Secret
  /** For temporary keys only. */
  sessionToken?: Secret | undefined
}

export type AwsRequest = {
  url: URL
  headers: Record<string, string>
  body: string
  region: string
  service: string
  now: Date
}

/**
 * The headers of a signed POST: those given, and Signature Version 4 over all of them
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Paths and queries that
 * need encoding are not supported: none of our requests has one.
 */
export function signAwsPost(request: AwsRequest, keys: AwsKeys): Record<string, string> {
  const { url, body, region, service, now } = request
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const headers: Record<string, string> = {
    ...request.headers,
    host: url.host,
    'x-amz-date': time,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken.reveal() }),
  }
  const names = Object.keys(headers).sort()
  const canonicalRequest = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest)].join('\n')
  const key = scope
    .split('/')
    .reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${keys.secretAccessKey.reveal()}`)
  const credential = `${keys.accessKeyId}/${scope}`
  const signature = hmac(key, text).toString('hex')
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
