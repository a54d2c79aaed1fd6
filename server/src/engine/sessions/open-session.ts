import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Address } from '../../domain/address.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import type { CheckedPassword, Proof } from '../../domain/proof.ts'
import { Secret } from '../../domain/secret.ts'
import {
  accessTokenSeconds,
  isProofFor,
  type Session,
  type SessionId,
  sessionLifeMilliseconds,
} from '../../domain/session.ts'
import type { AccessTokens, LoginMethod, SessionStore } from '../ports/account-ports.ts'
import type { Account } from '../ports/ports.ts'

/** What a client gets for a login or a refresh. `expiresInSeconds` is the life of the access token. */
export type Tokens = { accessToken: Secret; refreshToken: Secret; expiresInSeconds: number }

export type OpenSessionCommand = {
  account: Account
  /** Nothing else opens a session (T1). */
  evidence: Proof | CheckedPassword
  /** What the caller named its device. */
  label?: string | null
}

/** Null when the account was disabled, or its password replaced, since the evidence was judged. */
export type OpenSession = (command: OpenSessionCommand) => Promise<Tokens | null>

/** Makes the only function that mints tokens for a login (T1). */
export function createOpenSession({
  sessions,
  accessTokens,
}: {
  sessions: SessionStore
  accessTokens: AccessTokens
}): OpenSession {
  return async ({ account, evidence, label = null }) => {
    if (!opens(evidence, account)) throw new Error('this evidence is not about this account')

    const refreshToken = mintRefreshToken()
    const session = await sessions.open({
      projectId: account.projectId,
      accountId: account.id,
      id: randomUUID() as SessionId,
      label: parseDisplayText(label),
      refreshHash: hashToken(refreshToken),
      lifeMilliseconds: sessionLifeMilliseconds,
      passwordVersion: 'passwordVersion' in evidence ? evidence.passwordVersion : null,
      otherAddress: 'passwordVersion' in evidence ? null : otherAddressOf(account, evidence.address),
      method: methodOf(evidence),
    })
    return session === null
      ? null
      : signTokens(accessTokens, { session, refreshToken, now: session.createdAt })
  }
}

/** The proofs of `mobile` are kept between two requests, so the login is by the proof and not by the code. */
function methodOf(evidence: Proof | CheckedPassword): LoginMethod {
  if ('passwordVersion' in evidence) return 'password'
  return evidence.purpose === 'mobile-login' || evidence.purpose === 'mobile-signup' ? 'proof' : 'code'
}

/** The address of an account beside the one that was proven now, if it has been proven once. */
function otherAddressOf(account: Account, proven: Address): Address | null {
  const { email, emailVerifiedAt, phone, phoneVerifiedAt } = account
  if (proven === email) return phoneVerifiedAt === null ? null : phone
  return emailVerifiedAt === null ? null : email
}

const opens = (evidence: Proof | CheckedPassword, account: Account): boolean =>
  'passwordVersion' in evidence
    ? evidence.projectId === account.projectId && evidence.accountId === account.id
    : isProofFor(evidence, account)

/** Signs the access token of a session that is open at `now`. Only a login and a refresh have one. */
export async function signTokens(
  accessTokens: AccessTokens,
  { session, refreshToken, now }: { session: Session; refreshToken: Secret; now: Date },
): Promise<Tokens> {
  const accessToken = await accessTokens.sign({
    projectId: session.projectId,
    accountId: session.accountId,
    sessionId: session.id,
    issuedAt: now,
    expiresAt: new Date(now.getTime() + accessTokenSeconds * 1000),
  })
  return { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds }
}

/** A refresh token: 256 random bits behind a prefix that no other secret of ours has (T5). */
export const mintRefreshToken = (): Secret => new Secret(`wwr_${randomBytes(32).toString('base64url')}`)

/** A verification token, by which the dialect `mobile` binds a proof. */
export const mintVerificationToken = (): Secret => new Secret(`wwv_${randomBytes(32).toString('base64url')}`)

/** Reads a refresh token; null for anything else, so that no other secret is ever looked up as one (T5). */
export const parseRefreshToken = (input: unknown): Secret | null => parseToken(input, /^wwr_[\w-]{43}$/)

/** Reads a verification token; null for anything else. */
export const parseVerificationToken = (input: unknown): Secret | null => parseToken(input, /^wwv_[\w-]{43}$/)

const parseToken = (input: unknown, shape: RegExp): Secret | null =>
  typeof input === 'string' && shape.test(input) ? new Secret(input) : null

/** What is stored of a random token. It needs no key and no salt: nobody can guess 256 random bits. */
export const hashToken = (token: Secret): Buffer => createHash('sha256').update(token.reveal()).digest()
