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
 * Access tokens: JWTs as in RFC 9068, verified as RFC 8725 requires (T2). Keys are derived from the master secret, so that
 * every node has the same keys after every restart, and none is stored.
 */

export type AccessTokenAlgorithm = 'EdDSA' | 'HS256'

export type AccessTokensOptions = {
  /** The master secret, and the one before it while it is being replaced. */
  secrets: { current: Secret; previous: Secret | null }
  /** `PUBLIC_URL`: the `iss` of every token. Read for every token, because the port is known only once the server listens. */
  readIssuer: () => string
  algorithm?: AccessTokenAlgorithm
}

/** `private` signs and `public` verifies; for HS256 both are the same key. `id` is the `kid` and is not secret. */
export type SigningKey = { id: string; private: KeyObject; public: KeyObject }

const tokenType = 'at+jwt'
/** Far longer than our tokens. Longer input is not parsed. */
const tokenLengthMax = 2_048

/** Makes the signer and verifier of a process. `publicKeys` are the `keys` of `/.well-known/jwks.json`. */
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

/** The payload of an authentic token. We choose the algorithm, not the header (RFC 8725 section 3.1). */
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
    // We write three parameters. Another one (jku, jwk, x5u, crit) could let an attacker choose the key.
    const isOurs = protectedHeader.typ === tokenType && Object.keys(protectedHeader).length === 3
    return isOurs ? payload : null
  } catch {
    return null // The caller need not know why it is not our token.
  }
}

function findKey(keys: SigningKey[], id: string | undefined): KeyObject {
  const key = keys.find((candidate) => candidate.id === id)
  if (key === undefined) throw new Error('no such key')
  return key.public
}

/** Parses claims that we signed. `nbf` is never among them, so a token with one is not ours. */
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
 * The part of an issuer that is compared. A `PUBLIC_URL` of plain http is always this machine. Nodes on it have different
 * ports, at the same time or after a restart, and each accepts the tokens of the others.
 */
const machineOf = (issuer: string): string =>
  issuer.startsWith('http://') ? issuer.replace(/:\d+$/, '') : issuer

/** DER of a PKCS #8 Ed25519 key up to its 32-byte seed (RFC 8410 section 7). */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Derives the signing key from a master secret. Each algorithm has its own key, so no key is used with both. */
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
