import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { CompactSign } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ProjectId } from '../domain/project.ts'
import { Secret } from '../domain/secret.ts'
import { type AccessClaims, isAccessAlive, type SessionId } from '../domain/session.ts'
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
// Made anew for each test, so that a fault in the making fails tests and not the file.
let tokens: ReturnType<typeof createAccessTokens>
let key: SigningKey
beforeEach(() => {
  tokens = createAccessTokens({ secrets: { current: secret, previous: null }, readIssuer })
  key = deriveSigningKey(secret, 'EdDSA')
})
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
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
  const header = () => ({ alg: 'EdDSA', typ: 'at+jwt', kid: key.id })
  const payload = {
    iss: issuer,
    aud: projectId as string,
    sub: '123',
    sid: claims.sessionId as string,
    jti: randomUUID(),
    iat: now.getTime() / 1000,
    exp: now.getTime() / 1000 + 600,
  }
  const mine = generateKeyPairSync('ed25519')
  const myJwk = mine.publicKey.export({ format: 'jwk' })
  /** A token of our own key with other contents: what a confused or careless part of ours might have signed. */
  const ours = (changedHeader: object, changedPayload: object) =>
    sign(JSON.stringify({ ...payload, ...changedPayload }), changedHeader)
  const sign = (text: string, changedHeader: object = {}) =>
    new CompactSign(Buffer.from(text))
      .setProtectedHeader({ ...header(), ...changedHeader } as never)
      .sign(key.private)
  const theirs = (changedHeader: object) =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ ...header(), ...changedHeader } as never)
      .sign(mine.privateKey)
  const hmac = (changedHeader: object, secretKey: string | Buffer) => {
    const input = `${encode({ ...header(), alg: 'HS256', ...changedHeader })}.${encode(payload)}`
    return `${input}.${createHmac('sha256', createSecretKey(Buffer.from(secretKey)))
      .update(input)
      .digest('base64url')}`
  }
  const without = (name: keyof typeof payload) => ({ [name]: undefined })

  let real: string
  const corpus = new Map<string, string>()
  const add = (name: string, token: string) => corpus.set(name, token)

  beforeEach(async () => {
    const publicKeyBytes = [
      key.public.export({ format: 'pem', type: 'spki' }),
      key.public.export({ format: 'der', type: 'spki' }),
      Buffer.from(key.public.export({ format: 'jwk' }).x ?? '', 'base64url'),
    ]
    real = (await tokens.sign(claims)).reveal()
    const [head = '', body = '', signature = ''] = real.split('.')
    const flip = (text: string, at: number) =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`

    for (const alg of ['none', 'None', 'NONE', 'nOnE', ''])
      add(`alg ${alg}`, `${encode({ ...header(), alg })}.${body}.`)
    add('alg none with the signature', `${encode({ ...header(), alg: 'none' })}.${body}.${signature}`)
    add('no alg', `${encode({ typ: 'at+jwt', kid: key.id })}.${body}.${signature}`)
    for (const [index, bytes] of publicKeyBytes.entries())
      add(`HS256 with the public key ${index}`, hmac({}, bytes))
    add('HS256 with the key id', hmac({}, key.id))
    add('HS256 with an empty key id', hmac({ kid: '' }, '\0'.repeat(32)))
    add('EdDSA in name, HMAC in fact', hmac({ alg: 'EdDSA' }, publicKeyBytes[1] ?? ''))
    add('a stranger’s key under our id', await theirs({}))
    add('a stranger’s key under another id', await theirs({ kid: 'another' }))
    add('a stranger’s key in the header', await theirs({ jwk: myJwk }))
    add('a stranger’s key behind jku', await theirs({ jku: 'https://evil.example.test/jwks.json' }))
    add('a stranger’s key behind x5u', await theirs({ x5u: 'https://evil.example.test/cert.pem' }))
    add('a stranger’s certificate', await theirs({ x5c: ['MIIB'] }))
    add('a path as key id', await theirs({ kid: '../../../../dev/null' }))
    add('SQL as key id', await theirs({ kid: "' or '1'='1" }))
    add('no key id', await ours({ kid: undefined }, {}))
    add('a further header parameter', await ours({ cty: 'JWT' }, {}))
    add('our key, with jku', await ours({ jku: 'https://evil.example.test/jwks.json' }, {}))
    add('typ JWT', await ours({ typ: 'JWT' }, {}))
    add('no typ', await ours({ typ: undefined }, {}))
    add('typ of a refresh token', await ours({ typ: 'rt+jwt' }, {}))
    add('another issuer', await ours({}, { iss: 'https://evil.example.test' }))
    add('no issuer', await ours({}, without('iss')))
    add('another project', await ours({}, { aud: 'PRJ_two' }))
    add('several projects', await ours({}, { aud: [projectId, 'PRJ_two'] }))
    add('no project', await ours({}, without('aud')))
    add('a number as subject', await ours({}, { sub: 123 }))
    add('SQL as subject', await ours({}, { sub: '1 or 1=1' }))
    add('no session', await ours({}, without('sid')))
    add('a session that is no text', await ours({}, { sid: [payload.sid] }))
    add('a session with something before it', await ours({}, { sid: `x${payload.sid}` }))
    add('a session with something after it', await ours({}, { sid: `${payload.sid}x` }))
    add('nothing under our key', await sign('null'))
    add('a text under our key', await sign('"claims"'))
    add('a token that is too long', await ours({}, { jti: 'x'.repeat(2_000) }))
    add('no id', await ours({}, without('jti')))
    add('no end', await ours({}, without('exp')))
    add('an endless end', await ours({}, { exp: Number.MAX_VALUE }))
    add('a text as end', await ours({}, { exp: '9999999999' }))
    add('not before a later time', await ours({}, { nbf: now.getTime() / 1000 + 300 }))
    add('a further claim', await ours({}, { role: 'admin' }))
    add('cut after the payload', `${head}.${body}`)
    add('an empty signature', `${head}.${body}.`)
    add('cut in the signature', real.slice(0, -4))
    add('doubled', `${real}${real}`)
    add('doubled with a dot', `${real}.${real}`)
    add('a flipped bit in the header', `${flip(head, 8)}.${body}.${signature}`)
    add('a flipped bit in the payload', `${head}.${flip(body, 20)}.${signature}`)
    add('a flipped bit in the signature', `${head}.${body}.${flip(signature, 20)}`)
    add('another payload under the signature', `${head}.${encode({ ...payload, sub: '124' })}.${signature}`)
    add('a signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`)
    add('space around', ` ${real} `)
    add('a refresh token', `wwr_${'A'.repeat(43)}`)
    add('a verification token', `wwv_${'A'.repeat(43)}`)
    add('an API key', `wwk_${'A'.repeat(43)}`)
    add('a code', '123456')
    add('nothing', '')
    add('far too long', `${head}.${body}.${'A'.repeat(100_000)}`)
  })

  test('a token of forty and more, each for its own fault', async () => {
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
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + 30 * 86_400_000),
      endedAt: null,
    }
    expect(isAccessAlive(read, session, new Date(now.getTime() + 599_000))).toBe(true)
    expect(isAccessAlive(read, session, new Date(now.getTime() + 600_000))).toBe(false)
    expect(isAccessAlive(read, { ...session, endedAt: now }, now)).toBe(false)
  })
})
