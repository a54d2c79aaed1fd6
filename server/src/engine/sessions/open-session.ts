import { randomUUID } from 'node:crypto'
import type { Account } from '../../domain/account.ts'
import type { Address } from '../../domain/address.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import { type Evidence, loginMethodOf } from '../../domain/evidence.ts'
import type { Secret } from '../../domain/secret.ts'
import { accessTokenExpiry, isEvidenceFor, type Session, type SessionId } from '../../domain/session.ts'
import type { LifeOf, MountName } from '../../domain/session-life.ts'
import { hashToken, mintRefreshToken } from '../codes/opaque-tokens.ts'
import type { AccessTokens } from '../ports/access-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'

/** What a client gets for a login or a refresh. `expiresInSeconds` is the life of the access token. */
export type Tokens = { accessToken: Secret; refreshToken: Secret; expiresInSeconds: number }

export type OpenSessionCommand = {
  account: Account
  /** Nothing else opens a session (T1). */
  evidence: Evidence
  /** The name that the caller gave its device. */
  label?: string | null
}

/**
 * Null if the account was disabled, its password replaced, its address changed, or the kept proof spent, after the evidence was
 * judged.
 */
export type OpenSession = (command: OpenSessionCommand) => Promise<Tokens | null>

/** Makes the only function that creates tokens for a login (T1). */
export function createOpenSession({
  sessions,
  accessTokens,
  lifeOf,
  mount,
}: {
  sessions: Pick<SessionStore, 'open'>
  accessTokens: Pick<AccessTokens, 'sign'>
  lifeOf: LifeOf
  mount: MountName | null
}): OpenSession {
  return async ({ account, evidence, label = null }) => {
    if (!isEvidenceFor(evidence, account)) throw new Error('this evidence is not about this account')

    const refreshToken = mintRefreshToken()
    const session = await sessions.open({
      projectId: account.projectId,
      accountId: account.id,
      id: randomUUID() as SessionId,
      label: parseDisplayText(label),
      refreshHash: hashToken(refreshToken),
      mount,
      lifeSeconds: lifeOf(mount).lifeSeconds,
      ...shownBy(evidence, account),
      method: loginMethodOf(evidence),
      keptProof: keptProofOf(evidence),
    })
    return session === null
      ? null
      : signTokens({ accessTokens, lifeOf }, { session, refreshToken, now: session.createdAt })
  }
}

function keptProofOf(evidence: Evidence): Parameters<SessionStore['open']>[0]['keptProof'] {
  if (evidence.kind === 'password' || evidence.claimHash === null) return null
  const { challengeId, claimHash } = evidence
  return { challengeId, claimHash }
}

/** What the evidence is about, which must still be the account's; and its other proven address. */
function shownBy(
  evidence: Evidence,
  account: Account,
): Pick<Parameters<SessionStore['open']>[0], 'passwordVersion' | 'provenAddress' | 'otherAddress'> {
  switch (evidence.kind) {
    case 'password':
      return { passwordVersion: evidence.passwordVersion, provenAddress: null, otherAddress: null }
    case 'code':
      return {
        passwordVersion: null,
        provenAddress: evidence.address,
        otherAddress: otherAddressOf(account, evidence.address),
      }
  }
}

/** The other address of an account, if it was proven before. */
function otherAddressOf(account: Account, proven: Address): Address | null {
  const { email, emailVerifiedAt, phone, phoneVerifiedAt } = account
  if (proven === email) return phoneVerifiedAt === null ? null : phone
  return emailVerifiedAt === null ? null : email
}

/** Signs the access token of a session that is open at `now`. Only a login and a refresh call this. */
export function signTokens(
  { accessTokens, lifeOf }: { accessTokens: Pick<AccessTokens, 'sign'>; lifeOf: LifeOf },
  { session, refreshToken, now }: { session: Session; refreshToken: Secret; now: Date },
): Tokens {
  const expiresAt = accessTokenExpiry(session, { now, life: lifeOf(session.mount) })
  const accessToken = accessTokens.sign({
    projectId: session.projectId,
    accountId: session.accountId,
    sessionId: session.id,
    issuedAt: now,
    expiresAt,
  })
  return {
    accessToken,
    refreshToken,
    expiresInSeconds: Math.floor((expiresAt.getTime() - now.getTime()) / 1000),
  }
}
