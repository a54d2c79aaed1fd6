import type { AccountId } from './challenge.ts'
import type { Evidence, Proof } from './evidence.ts'
import type { ProjectId } from './project.ts'
import type { LifeOf, MountName, SessionLife } from './session-life.ts'

/** A UUID. */
export type SessionId = string & { readonly brand: 'SessionId' }

/** A family of refresh tokens: one login on one device. */
export type Session = {
  projectId: ProjectId
  id: SessionId
  accountId: AccountId
  /** The name that the caller gave its device, or null. */
  label: string | null
  /** The mount that opened it, which says how long it lives; null for one of an earlier version. */
  mount: MountName | null
  createdAt: Date
  /** The last login or refresh. */
  lastUsedAt: Date
  expiresAt: Date
  endedAt: Date | null
}

/**
 * Why a session ended. `reuse`: a refresh token was used again long after it was spent, so it was stolen (T3). `operator`: an
 * operator ended it.
 */
export type SessionEnd = 'logout' | 'operator' | 'reuse' | 'password-reset' | 'disabled' | 'unverified'

/**
 * Two tabs, or a client that repeats a request whose answer was lost, present one token twice. Within this time the token is
 * answered once more if nobody has used its successor, whose place the new one takes, and is refused without consequences if
 * somebody has; later it is theft (RFC 9700 section 4.14.2).
 */
const reuseGraceMilliseconds = 10_000

/**
 * A session may be refreshed twenty times at once, as by a page that is opened again and again, and every five seconds in the
 * long run. Each refresh leaves a row for as long as the session lives, so a client in a loop would fill the disk.
 */
const refreshEveryMilliseconds = 5_000
const refreshBurst = 20

/** What is known of a refresh token when its session is locked. */
export type RefreshState = {
  now: Date
  /** Null for the live one. */
  spentAt: Date | null
  /** Whether nobody has used the token that took its place, and nothing else has been answered for it since. */
  isSuccessorUnused: boolean
  /** The moment up to which the refreshes of the session have used up its time; null before the first. */
  pacedUntil: Date | null
  session: Session
  isAccountActive: boolean
}

export type RefreshRefusal = 'unknown' | 'ended' | 'expired' | 'spent' | 'reused' | 'too-soon'

/** Judges one refresh. `endsFamily` must be stored although the request is refused. */
export type RefreshJudgement =
  /** The token is spent for the next one. */
  | { ok: true; isRepetition: false; pacedUntil: Date }
  /** The unused successor of a spent token is replaced. */
  | { ok: true; isRepetition: true }
  | { ok: false; refusal: RefreshRefusal; endsFamily: boolean; retryAfterSeconds: number | null }

/** Judges the use of a refresh token (T3). `state` is null for a token that nobody issued. */
export function judgeRefresh(state: RefreshState | null, lifeOf: LifeOf): RefreshJudgement {
  const refuse = (refusal: RefreshRefusal, endsFamily = false): RefreshJudgement => ({
    ok: false,
    refusal,
    endsFamily,
    retryAfterSeconds: null,
  })
  if (state === null) return refuse('unknown')

  const { now, spentAt, session } = state
  if (session.endedAt !== null || !state.isAccountActive) return refuse('ended')
  if (spentAt !== null) {
    const isStolen = now.getTime() - spentAt.getTime() > reuseGraceMilliseconds
    if (isStolen) return refuse('reused', true)
    return state.isSuccessorUnused ? { ok: true, isRepetition: true } : refuse('spent')
  }
  const life = lifeOf(session.mount)
  const idleMilliseconds = now.getTime() - session.lastUsedAt.getTime()
  if (now >= endOf(session, life) || idleMilliseconds >= life.idleSeconds * 1000) return refuse('expired')
  return paceRefresh(state.pacedUntil, now)
}

/**
 * Judges whether a live token comes too soon. It stays live. A repetition is not judged: there is one at most for each token,
 * and who has to wait for it would come back too late for it.
 */
function paceRefresh(pacedUntil: Date | null, now: Date): RefreshJudgement {
  const from = Math.max(now.getTime(), pacedUntil?.getTime() ?? 0)
  const waitMilliseconds = from - now.getTime() - (refreshBurst - 1) * refreshEveryMilliseconds
  return waitMilliseconds <= 0
    ? { ok: true, isRepetition: false, pacedUntil: new Date(from + refreshEveryMilliseconds) }
    : {
        ok: false,
        refusal: 'too-soon',
        endsFamily: false,
        retryAfterSeconds: Math.ceil(waitMilliseconds / 1000),
      }
}

/** The claims of an access token. */
export type AccessClaims = {
  projectId: ProjectId
  accountId: AccountId
  sessionId: SessionId
  issuedAt: Date
  expiresAt: Date
}

/** Whether an authentic access token is still valid. The session decides as well as the token (T4). */
export function isAccessAlive(
  claims: AccessClaims,
  session: Session,
  { now, life }: { now: Date; life: SessionLife },
): boolean {
  const expiresAt = earlier(claims.expiresAt, later(claims.issuedAt, life.accessTokenSeconds))
  return now < expiresAt && isSessionOpen(session, { now, life })
}

/** Whether a session has neither ended nor reached its greatest age. */
export const isSessionOpen = (session: Session, { now, life }: { now: Date; life: SessionLife }): boolean =>
  session.endedAt === null && now < endOf(session, life)

/** When an access token expires that is issued now: never after its session. */
export const accessTokenExpiry = (session: Session, { now, life }: { now: Date; life: SessionLife }): Date =>
  earlier(later(now, life.accessTokenSeconds), endOf(session, life))

/** A life that was shortened after the login holds for the session as well; one that was extended does not. */
const endOf = ({ createdAt, expiresAt }: Session, { lifeSeconds }: SessionLife): Date =>
  earlier(expiresAt, later(createdAt, lifeSeconds))

const later = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000)
const earlier = (one: Date, other: Date): Date => (one < other ? one : other)

/** The fields of an account that proofs are compared with. */
type Owner = {
  projectId: ProjectId
  id: AccountId
  email: string | null
  emailVerifiedAt: Date | null
  phone: string | null
  phoneVerifiedAt: Date | null
}

/** Whether the evidence is for this account. */
export function isEvidenceFor(evidence: Evidence, owner: Owner): boolean {
  switch (evidence.kind) {
    case 'password':
      return evidence.projectId === owner.projectId && evidence.accountId === owner.id
    case 'code':
      return isProofFor(evidence, owner)
  }
}

/**
 * Whether a proof is for this account (A6): the code went to an address that the account has proven, and if it was issued
 * for an account, it is this one. No other field of a request matters.
 */
export function isProofFor(proof: Proof, owner: Owner): boolean {
  if (proof.projectId !== owner.projectId) return false
  if (proof.accountId !== null && proof.accountId !== owner.id) return false
  const isItsEmail = owner.emailVerifiedAt !== null && proof.address === owner.email
  const isItsPhone = owner.phoneVerifiedAt !== null && proof.address === owner.phone
  return isItsEmail || isItsPhone
}
