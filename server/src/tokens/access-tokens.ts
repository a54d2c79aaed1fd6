import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { CompactSign, compactVerify } from 'jose'
import type { ProjectId } from '../domain/project.ts'
import { Secret } from '../domain/secret.ts'
import type { AccessClaims, SessionId } from '../domain/session.ts'
import type { AccessTokens } from '../engine/ports/access-tokens.ts'

/*
 * Access tokens: JWTs after RFC 9068, judged as RFC 8725 asks (T2). Keys are derived from the master secret, so that
 * every node has the same ones after every restart and none is stored anywhere.
 */

export type AccessTokenAlgorithm = 'EdDSA' | 'HS256'

export type AccessTokensOptions = {
  /** The master secret, and the one before it while it is being replaced. */
  secrets: { current: Secret; previous: Secret | null }
  /** `PUBLIC_URL`: the `iss` of every token. Known in full once the server listens, and asked for with every token. */
  readIssuer: () => string
  algorithm?: AccessTokenAlgorithm
}

/** `private` signs and `public` verifies; the same key twice for HS256. `id` is the `kid`, safe to show. */
export type SigningKey = { id: string; private: KeyObject; public: KeyObject }

const tokenType = 'at+jwt'
/** No token of ours comes near it; longer ones are not worth the reading. */
const tokenLengthMax = 2_048

/** Makes the signer and reader of a process. `publicKeys` is what `/.well-known/jwks.json` answers under `keys`. */
export function createAccessTokens({
  secrets,
  readIssuer,
  algorithm = 'EdDSA',
}: AccessTokensOptions): AccessTokens & { publicKeys(): JsonWebKey[] } {
  const current = deriveSigningKey(secrets.current, algorithm)
  const keys =
    secrets.previous === null ? [current] : [current, deriveSigningKey(secrets.previous, algorithm)]

  return {
    async sign({ projectId, accountId, sessionId, issuedAt, expiresAt }) {
      const claims = {
        iss: readIssuer(),
        aud: projectId,
        sub: String(accountId),
        sid: sessionId,
        jti: randomUUID(),
        iat: seconds(issuedAt),
        exp: seconds(expiresAt),
      }
      const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: algorithm, typ: tokenType, kid: current.id })
        .sign(current.private)
      return new Secret(token)
    },

    async read(token, projectId) {
      const payload = await verifySignature(token.reveal(), keys, algorithm)
      return payload === null ? null : parseClaims(payload, { issuer: readIssuer(), projectId })
    },

    publicKeys: () =>
      algorithm === 'HS256'
        ? []
        : keys.map((key) => ({
            ...key.public.export({ format: 'jwk' }),
            kid: key.id,
            alg: algorithm,
            use: 'sig',
          })),
  }
}

/** The payload of an authentic token. The algorithm is ours, whatever the header names (RFC 8725 section 3.1). */
async function verifySignature(
  token: string,
  keys: SigningKey[],
  algorithm: AccessTokenAlgorithm,
): Promise<Uint8Array | null> {
  if (token.length > tokenLengthMax) return null
  try {
    const { payload, protectedHeader } = await compactVerify(token, ({ kid }) => findKey(keys, kid), {
      algorithms: [algorithm],
    })
    // We write three parameters. One more (jku, jwk, x5u, crit) is somebody else's idea of where keys come from.
    const isOurs = protectedHeader.typ === tokenType && Object.keys(protectedHeader).length === 3
    return isOurs ? payload : null
  } catch {
    return null // Any way of not being a token of ours is the same to the caller.
  }
}

function findKey(keys: SigningKey[], id: string | undefined): KeyObject {
  const key = keys.find((candidate) => candidate.id === id)
  if (key === undefined) throw new Error('no such key')
  return key.public
}

/** Reads claims that we signed. `nbf` is never among them, so a token that has one is not ours. */
function parseClaims(
  payload: Uint8Array,
  { issuer, projectId }: { issuer: string; projectId: ProjectId },
): AccessClaims | null {
  const claims: Record<string, unknown> = Object(JSON.parse(Buffer.from(payload).toString('utf8')))
  const { iss, aud, sub, sid, jti, iat, exp, ...others } = claims

  if (typeof iss !== 'string' || machineOf(iss) !== machineOf(issuer)) return null
  if (aud !== projectId || Object.keys(others).length > 0) return null
  if (typeof sub !== 'string' || !/^[1-9][0-9]{0,15}$/.test(sub)) return null
  if (typeof sid !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(sid)) return null
  if (typeof jti !== 'string' || !Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return null
  return {
    projectId,
    accountId: Number(sub),
    sessionId: sid as SessionId,
    issuedAt: new Date((iat as number) * 1000),
    expiresAt: new Date((exp as number) * 1000),
  }
}

/**
 * The part of an issuer that counts. A `PUBLIC_URL` of plain http is always this very machine; the nodes that run beside
 * each other on it, or after each other, differ in their ports, and each takes the tokens of the others.
 */
const machineOf = (issuer: string): string =>
  issuer.startsWith('http://') ? issuer.replace(/:\d+$/, '') : issuer

/** DER of a PKCS #8 Ed25519 key up to its 32-byte seed (RFC 8410 section 7). */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The signing key that a master secret stands for. Each algorithm has its own, so neither can be used as the other. */
export function deriveSigningKey(master: Secret, algorithm: AccessTokenAlgorithm): SigningKey {
  const derive = (use: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', master.reveal(), '', `watchword/access-token/${algorithm}/${use}`, length))
  const id = derive('key-id', 8).toString('hex')
  const seed = derive('key', 32)

  if (algorithm === 'HS256') {
    const key = createSecretKey(seed)
    return { id, private: key, public: key }
  }
  const privateKey = createPrivateKey({
    key: Buffer.concat([ed25519Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  return { id, private: privateKey, public: createPublicKey(privateKey) }
}

const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1000)
