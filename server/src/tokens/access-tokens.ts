import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign as signBytes,
  timingSafeEqual,
  verify as verifyBytes,
} from 'node:crypto'
import { LRUCache } from 'lru-cache'
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
/** Tokens whose signature is remembered. A client shows one for ten minutes, and verifying it costs more than all else. */
const verifiedMax = 10_000

/** Makes the signer and verifier of a process. `publicKeys` are the `keys` of `/.well-known/jwks.json`. */
export function createAccessTokens({
  secrets,
  readIssuer,
  algorithm = 'EdDSA',
}: AccessTokensOptions): AccessTokens & { publicKeys(): JsonWebKey[] } {
  const current = deriveSigningKey(secrets.current, algorithm)
  const keys =
    secrets.previous === null ? [current] : [current, deriveSigningKey(secrets.previous, algorithm)]
  const header = headerOf(current, algorithm)
  const verifier = createVerifier(keys, algorithm)

  return {
    sign({ projectId, accountId, sessionId, issuedAt, expiresAt }) {
      const claims = {
        iss: readIssuer(),
        aud: projectId,
        sub: String(accountId),
        sid: sessionId,
        jti: randomUUID(),
        iat: seconds(issuedAt),
        exp: seconds(expiresAt),
      }
      const payload = JSON.stringify(claims)
      const input = `${header}.${encode(payload)}`
      const token = `${input}.${signatureOf(input, current, algorithm).toString('base64url')}`
      verifier.remember(token, payload)
      return new Secret(token)
    },

    read(token, projectId) {
      const payload = verifier.payloadOf(token.reveal())
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

const encode = (text: string): string => Buffer.from(text).toString('base64url')

/** The first part of every token of a key. */
const headerOf = ({ id }: SigningKey, algorithm: AccessTokenAlgorithm): string =>
  encode(JSON.stringify({ alg: algorithm, typ: tokenType, kid: id }))

type Verifier = {
  /** The payload of an authentic token, and null for everything else. */
  payloadOf(token: string): string | null
  /** Remembers a token that was just signed: its holder is likely to come back to this node. */
  remember(token: string, payload: string): void
}

/**
 * Tokens that were found authentic are remembered by their digest: the keys of a process never change, so neither does the answer.
 * Whether the token still opens anything is for its session to say, at every use.
 */
function createVerifier(keys: SigningKey[], algorithm: AccessTokenAlgorithm): Verifier {
  // We choose the algorithm, not the header (RFC 8725 section 3.1): a header that is not letter by letter one of ours is not
  // parsed at all, so no parameter of it (jku, jwk, x5u, crit) can let an attacker choose the key.
  const keyByHeader = new Map(keys.map((key) => [headerOf(key, algorithm), key]))
  const verified = new LRUCache<string, string>({ max: verifiedMax })
  const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64')
  const remember = (token: string, payload: string): void => void verified.set(digestOf(token), payload)

  return {
    remember,
    payloadOf(token) {
      if (token.length > tokenLengthMax) return null
      const known = verified.get(digestOf(token))
      if (known !== undefined) return known

      const [header = '', body = '', signature = '', ...others] = token.split('.')
      const key = keyByHeader.get(header)
      if (key === undefined || others.length > 0) return null
      const given = Buffer.from(signature, 'base64url')
      // `Buffer` reads several spellings of the same bytes; a token has one.
      if (given.toString('base64url') !== signature) return null
      if (!isSignature(given, `${header}.${body}`, { key, algorithm })) return null
      const payload = Buffer.from(body, 'base64url').toString('utf8')
      remember(token, payload)
      return payload
    },
  }
}

const signatureOf = (input: string, key: SigningKey, algorithm: AccessTokenAlgorithm): Buffer =>
  algorithm === 'HS256'
    ? createHmac('sha256', key.private).update(input).digest()
    : signBytes(null, Buffer.from(input), key.private)

function isSignature(
  given: Buffer,
  input: string,
  { key, algorithm }: { key: SigningKey; algorithm: AccessTokenAlgorithm },
): boolean {
  if (algorithm === 'EdDSA') return verifyBytes(null, Buffer.from(input), key.public, given)
  const expected = signatureOf(input, key, algorithm)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Parses claims that we signed. `nbf` is never among them, so a token with one is not ours. */
function parseClaims(
  payload: string,
  { issuer, projectId }: { issuer: string; projectId: ProjectId },
): AccessClaims | null {
  const claims: Record<string, unknown> = Object(JSON.parse(payload))
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
