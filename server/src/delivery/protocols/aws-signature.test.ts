import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { Secret } from '../../domain/secret.ts'
import { signAwsPost } from './aws-signature.ts'

// The keys and the time of Amazon's published test suite for Signature Version 4.
const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
}
const suite = {
  url: new URL('https://example.amazonaws.com/'),
  headers: {},
  body: '',
  region: 'us-east-1',
  service: 'service',
  now: new Date('2015-08-30T12:36:00Z'),
}
const signatureOf = (headers: Record<string, string>) =>
  /Signature=(.*)$/.exec(headers.authorization ?? '')?.[1]

describe('Signature Version 4', () => {
  test('is the one of the published suite for a bare POST', () => {
    const headers = signAwsPost(suite, keys)

    assert.equal(signatureOf(headers), '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b')
    assert.equal(headers['x-amz-date'], '20150830T123600Z')
    assert.match(
      headers.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=host;x-amz-date, /,
    )
  })

  test('is the one of the published suite for a form', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const signed = signAwsPost({ ...suite, headers, body: 'Param1=value1' }, keys)
    assert.equal(signatureOf(signed), 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a')
  })

  test('covers the body, the headers and the token of temporary keys', () => {
    const plain = signatureOf(signAwsPost(suite, keys))
    const others = [
      signAwsPost({ ...suite, body: 'x' }, keys),
      signAwsPost({ ...suite, headers: { 'content-type': 'text/plain' } }, keys),
      signAwsPost(suite, { ...keys, sessionToken: new Secret('token') }),
    ]
    assert.equal(new Set([plain, ...others.map(signatureOf)]).size, 4)
    assert.match(others[2]?.authorization ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token,/)
    assert.equal(others[2]?.['x-amz-security-token'], 'token')
  })
})
