import { createPublicKey, type JsonWebKey, randomUUID } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../../src/domain/secret.ts'
import type { SessionId } from '../../../src/domain/session.ts'
import { createAccessTokens, deriveSigningKey } from '../../../src/tokens/access-tokens.ts'
import { startTestApp, type TestApp, testSecret } from '../../harness/start-test-app.ts'
import { forgeTokens } from '../../security/forged-tokens.ts'

/* Access tokens as those see them who hold one, forge one, or check one without asking us. */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const secret = new Secret(testSecret)
const password = 'a quiet otter swims'

async function register(email: string): Promise<void> {
  await app.post('/auth/register', { email, password, firstname: 'Ada', lastname: 'Byron' })
  const verified = await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
  expect(verified.status).toBe(200)
}

async function logIn(email: string, node = app): Promise<{ accessToken: string; user: { id: number } }> {
  const { status, body } = await node.post('/auth/login', { email, password })
  expect(status).toBe(200)
  return body.data
}

const me = async (accessToken: string, node = app): Promise<number> =>
  (await node.get('/auth/me', { authorization: `Bearer ${accessToken}` })).status

const partOf = (token: string, part: number) =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString())

test('T2: whoever has the published keys reads from a token who it is, where, and for ten minutes', async () => {
  await register('reader@example.test')
  const { accessToken, user } = await logIn('reader@example.test')
  const { keys } = (await app.get('/.well-known/jwks.json')).body as { keys: JsonWebKey[] }
  const [key = {}] = keys
  expect(keys).toHaveLength(1)
  expect(Object.keys(key)).not.toContain('d')

  const { payload, protectedHeader } = await jwtVerify(accessToken, createPublicKey({ key, format: 'jwk' }), {
    issuer: app.config.publicUrl.replace(/:0$/, `:${new URL(app.url).port}`),
    audience: app.projects.account,
    typ: 'at+jwt',
  })
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid })
  expect(payload).toMatchObject({ sub: String(user.id), sid: expect.any(String), jti: expect.any(String) })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
})

test('T2: of forged tokens none opens anything, and none that is about a session of somebody else', async () => {
  await register('owner@example.test')
  await register('eve@example.test')
  const { accessToken: real, user: owner } = await logIn('owner@example.test')
  const { user: eve } = await logIn('eve@example.test')
  const corpus = await forgeTokens(real, deriveSigningKey(secret, 'EdDSA'))
  // Spaces around a header's value are not part of it.
  corpus.delete('space around')

  const { iss, sid, aud } = partOf(real, 1)
  const { sign } = createAccessTokens({ secrets: { current: secret, previous: null }, readIssuer: () => iss })
  const [clock] = await app.db.query<{ now: Date }>('select clock_now() as now')
  const issuedAt = clock?.now ?? new Date()
  const claims = { projectId: aud, accountId: owner.id, sessionId: sid as SessionId, issuedAt }
  const expiresAt = new Date(issuedAt.getTime() + 600_000)
  const signed = async (change: object) => (await sign({ ...claims, expiresAt, ...change })).reveal()
  corpus.set('the session of somebody else', await signed({ accountId: eve.id }))
  corpus.set('a session that never was', await signed({ sessionId: randomUUID() }))
  corpus.set('an end that has passed', await signed({ expiresAt: new Date(issuedAt.getTime() - 1_000) }))
  corpus.set('the project of another dialect', await signed({ projectId: app.projects.mobile }))

  expect(corpus.size).toBeGreaterThanOrEqual(40)
  for (const [name, token] of corpus)
    expect([name, await me(token)]).toEqual([name, name === 'far too long' ? 431 : 401])
  expect(await me(real)).toBe(200)
  expect(await me(await signed({}))).toBe(200)
})

test('T2: TOKEN_ALGORITHM chooses HS256, which has no public key, and neither algorithm opens what is of the other', async () => {
  const shared = await startTestApp({ env: { TOKEN_ALGORITHM: 'HS256' }, beside: app })
  try {
    await register('both@example.test')
    const { accessToken: signed } = await logIn('both@example.test')
    const { accessToken: hashed } = await logIn('both@example.test', shared)
    expect([partOf(signed, 0).alg, partOf(hashed, 0).alg]).toEqual(['EdDSA', 'HS256'])
    expect((await shared.get('/.well-known/jwks.json')).body).toEqual({ keys: [] })
    expect([await me(hashed, shared), await me(signed, shared), await me(hashed)]).toEqual([200, 401, 401])
  } finally {
    await shared.stop()
  }
})
