import { createPublicKey, createSecretKey, randomUUID } from 'node:crypto'
import { CompactSign } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { forgeTokens } from '../../test/security/forged-tokens.ts'
import type { ProjectId } from '../domain/project.ts'
import { Secret } from '../domain/secret.ts'
import { type AccessClaims, isAccessAlive, type SessionId } from '../domain/session.ts'
import { defaultSessionLife } from '../domain/session-life.ts'
import { createAccessTokens, deriveSigningKey, type SigningKey } from './access-tokens.ts'

const secret = new Secret('s'.repeat(43))
const issuer = 'https://otp.example.test'
const readIssuer = () => issuer
const projectId = 'PRJ_one' as ProjectId
const now = new Date('2026-01-15T10:30:00.000Z')
const claims: AccessClaims = {
  projectId,
  accountId: 123,
  sessionId: randomUUID() as SessionId,
  issuedAt: now,
  expiresAt: new Date(now.getTime() + 600_000),
}
// Created for each test, so that a fault while creating it fails the tests and not the whole file.
let tokens: ReturnType<typeof createAccessTokens>
let key: SigningKey
beforeEach(() => {
  tokens = createAccessTokens({ secrets: { current: secret, previous: null }, readIssuer })
  key = deriveSigningKey(secret, 'EdDSA')
})
const decode = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString())

test('T2: a token says who, of what project, in which session, until when, and nothing else', async () => {
  const token = await tokens.sign(claims)
  const [header, payload] = token.reveal().split('.')
  expect(decode(header)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: key.id })
  expect(decode(payload)).toEqual({
    iss: issuer,
    aud: projectId,
    sub: '123',
    sid: claims.sessionId,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    iat: now.getTime() / 1000,
    exp: now.getTime() / 1000 + 600,
  })
  expect(await tokens.read(token, projectId)).toEqual(claims)
})

test('T2: another node with the same secret reads the token, and one with another secret does not', async () => {
  const token = await tokens.sign(claims)
  const same = createAccessTokens({ secrets: { current: secret, previous: null }, readIssuer })
  const stranger = createAccessTokens({
    secrets: { current: new Secret('x'.repeat(43)), previous: null },
    readIssuer,
  })
  expect(await same.read(token, projectId)).toEqual(claims)
  expect(await stranger.read(token, projectId)).toBeNull()
})

test('T2: without a PUBLIC_URL the nodes of a machine differ in their ports, and take the tokens of each other', async () => {
  const nodeAt = (url: string) =>
    createAccessTokens({ secrets: { current: secret, previous: null }, readIssuer: () => url })
  const token = await nodeAt('http://127.0.0.1:3000').sign(claims)
  expect(await nodeAt('http://127.0.0.1:41234').read(token, projectId)).toEqual(claims)
  expect(await nodeAt('http://localhost:3000').read(token, projectId)).toBeNull()

  const published = await nodeAt('https://otp.example.test:8443').sign(claims)
  expect(await nodeAt('https://otp.example.test:9443').read(published, projectId)).toBeNull()
})

test('T2: while the secret is being replaced, tokens of both are read and both public keys are shown', async () => {
  const next = new Secret('n'.repeat(43))
  const rotated = createAccessTokens({ secrets: { current: next, previous: secret }, readIssuer })
  expect(await rotated.read(await tokens.sign(claims), projectId)).toEqual(claims)
  expect(decode((await rotated.sign(claims)).reveal().split('.')[0]).kid).toBe(
    deriveSigningKey(next, 'EdDSA').id,
  )
  expect(rotated.publicKeys().map(({ kid }) => kid)).toEqual([deriveSigningKey(next, 'EdDSA').id, key.id])
})

test('T2: the published key verifies a token, and holds no private part', async () => {
  const [jwk] = tokens.publicKeys()
  expect(jwk).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    x: expect.any(String),
    kid: key.id,
    alg: 'EdDSA',
    use: 'sig',
  })
  const { jwtVerify } = await import('jose')
  const published = createPublicKey({ key: jwk as never, format: 'jwk' })
  const { payload } = await jwtVerify((await tokens.sign(claims)).reveal(), published, { currentDate: now })
  expect(payload.sub).toBe('123')
})

test.each([
  ['EdDSA', '5463cf4b702ec8d2', 'e1b2466c05810f5be1abbfa49e29bc48d1ebdf5bf999216d6c35fdaa739ff177'],
  ['HS256', 'c026f7358cae0e73', '163893de2a79f0ccf46b19e490ae30d7668cb524d8a7fac8c0fb359bba8ee7b7'],
] as const)(
  'T2: a secret has one key of %s, on every node and after every upgrade',
  (algorithm, id, seed) => {
    const derived = deriveSigningKey(secret, algorithm)
    const { d, k } = derived.private.export({ format: 'jwk' })
    expect(derived.id).toBe(id)
    expect(Buffer.from(d ?? k ?? '', 'base64url').toString('hex')).toBe(seed)
  },
)

test('T2: HS256 is a setting with a key of its own, which is not published', async () => {
  const shared = createAccessTokens({
    secrets: { current: secret, previous: null },
    readIssuer,
    algorithm: 'HS256',
  })
  const token = await shared.sign(claims)
  expect(await shared.read(token, projectId)).toEqual(claims)
  expect(await shared.read(await tokens.sign(claims), projectId)).toBeNull()
  expect(await tokens.read(token, projectId)).toBeNull()
  expect(shared.publicKeys()).toEqual([])
})

test('T2: HS256 means HS256: our own key opens nothing with another algorithm of its kind', async () => {
  const secrets = { current: secret, previous: null }
  const shared = createAccessTokens({ secrets, readIssuer, algorithm: 'HS256' })
  const sharedKey = deriveSigningKey(secret, 'HS256')
  const [, payload = ''] = (await shared.sign(claims)).reveal().split('.')
  const signAs = (alg: string) =>
    new CompactSign(Buffer.from(payload, 'base64url'))
      .setProtectedHeader({ alg, typ: 'at+jwt', kid: sharedKey.id })
      .sign(createSecretKey(sharedKey.private.export()))
  expect(await shared.read(new Secret(await signAs('HS256')), projectId)).toEqual(claims)
  for (const alg of ['HS384', 'HS512'])
    expect(await shared.read(new Secret(await signAs(alg)), projectId)).toBeNull()
})

describe('T2: of forged tokens none is accepted', () => {
  let real: string
  beforeEach(async () => {
    real = (await tokens.sign(claims)).reveal()
  })

  test('a token of forty and more, each for its own fault', async () => {
    const corpus = await forgeTokens(real, key)
    expect(corpus.size).toBeGreaterThanOrEqual(40)
    for (const [name, token] of corpus)
      expect([name, await tokens.read(new Secret(token), projectId)]).toEqual([name, null])
    expect(await tokens.read(new Secret(real), projectId)).toEqual(claims)
  })

  test('an expired one is authentic and opens nothing', async () => {
    const read = await tokens.read(new Secret(real), projectId)
    if (read === null) throw new Error('the token was refused')
    const session = {
      projectId,
      id: claims.sessionId,
      accountId: 123,
      label: null,
      mount: null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + 30 * 86_400_000),
      endedAt: null,
    }
    const after = (seconds: number) => ({
      now: new Date(now.getTime() + seconds * 1000),
      life: defaultSessionLife,
    })
    expect(isAccessAlive(read, session, after(599))).toBe(true)
    expect(isAccessAlive(read, session, after(600))).toBe(false)
    expect(isAccessAlive(read, { ...session, endedAt: now }, after(0))).toBe(false)
  })
})
