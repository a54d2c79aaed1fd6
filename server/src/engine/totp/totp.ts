import { randomBytes } from 'node:crypto'
import { renderBase32 } from '../../domain/base32.ts'
import type { NewEvent } from '../../domain/event.ts'
import { Secret } from '../../domain/secret.ts'
import { judgeTotp, type TotpJudgement } from '../../domain/totp.ts'
import type { Sealer } from '../operations/sealing.ts'
import type { TotpOwner, TotpStore } from '../ports/totp.ts'

/*
 * Authenticator apps, for whoever owns one. Which events say so is the caller's, because only the caller knows what an owner
 * is.
 */

/** A new secret, in the two forms in which apps take it. Shown once. */
export type NewTotp = { secret: Secret; uri: Secret }

export type TotpRefusal = 'mismatch' | 'locked' | 'unknown'
export type TotpCheck = { ok: true } | { ok: false; refusal: TotpRefusal; retryAfterSeconds: number | null }

/** The events of the outcomes of a check. */
export type TotpEvents = { accepted: NewEvent[]; refused: NewEvent[] }

export type Totp = {
  /** Makes a secret that is in force once `confirm` has seen a code of it. Null if the owner has an app already. */
  begin(owner: TotpOwner, names: { issuer: string; account: string }): Promise<NewTotp | null>
  confirm(owner: TotpOwner, code: Secret, events: TotpEvents): Promise<TotpCheck>
  check(owner: TotpOwner, code: Secret, events: TotpEvents): Promise<TotpCheck>
  /** False if there is none. */
  remove(owner: TotpOwner, event: NewEvent): Promise<boolean>
}

export type TotpParts = { authenticators: TotpStore; sealer: Pick<Sealer, 'seal' | 'open'> }

/** As many bits as the hash has (RFC 4226 section 4). */
const secretBytes = 20

export function createTotp({ authenticators, sealer }: TotpParts): Totp {
  const judge = (
    owner: TotpOwner,
    code: Secret,
    { events, confirms }: { events: TotpEvents; confirms: boolean },
  ): Promise<TotpCheck | null> =>
    authenticators.decide<TotpCheck>(owner, (stored, now) => {
      const { sealed, isConfirmed, ...state } = stored
      if (isConfirmed === confirms) return { result: unknown, next: state, isConfirmed, events: [] }
      const judgement = judgeTotp(state, { key: openKey(sealer, owner, sealed), code, now })
      return {
        result: resultOf(judgement),
        next: judgement.next,
        isConfirmed: isConfirmed || judgement.ok,
        events: judgement.ok ? events.accepted : events.refused,
      }
    })

  return {
    async begin(owner, { issuer, account }) {
      const key = randomBytes(secretBytes)
      const secret = renderBase32(key)
      const sealed = sealer.seal(new Secret(key.toString('base64')), totpAssociatedData(owner))
      if (!(await authenticators.begin(owner, sealed))) return null
      const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
      const uri = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`
      return { secret: new Secret(secret), uri: new Secret(uri) }
    },
    confirm: async (owner, code, events) => (await judge(owner, code, { events, confirms: true })) ?? unknown,
    check: async (owner, code, events) => (await judge(owner, code, { events, confirms: false })) ?? unknown,
    remove: (owner, event) => authenticators.remove(owner, event),
  }
}

/** Reseals the secrets of all authenticator apps with the current master secret. Returns how many changed. */
export async function resealTotp({
  authenticators,
  sealer,
}: {
  authenticators: Pick<TotpStore, 'listSealed' | 'reseal'>
  sealer: Pick<Sealer, 'reseal'>
}): Promise<number> {
  let count = 0
  for (const { sealed, ...owner } of await authenticators.listSealed()) {
    const after = sealer.reseal(sealed, totpAssociatedData(owner))
    if (after === null) continue
    await authenticators.reseal(owner, sealed, after)
    count += 1
  }
  return count
}

const unknown: TotpCheck = { ok: false, refusal: 'unknown', retryAfterSeconds: null }

function resultOf(judgement: TotpJudgement): TotpCheck {
  if (judgement.ok) return { ok: true }
  const { refusal } = judgement
  const retryAfterSeconds = refusal === 'locked' ? judgement.retryAfterSeconds : null
  return { ok: false, refusal, retryAfterSeconds }
}

/** Of the place of the secret, so that a row that is copied to another owner opens nothing there. */
const totpAssociatedData = ({ projectId, subject }: TotpOwner): string => `totp/${projectId}/${subject}`

function openKey(sealer: TotpParts['sealer'], owner: TotpOwner, sealed: Buffer): Buffer {
  const opened = sealer.open(sealed, totpAssociatedData(owner))
  if (opened === null) throw new Error('the secret of an authenticator app is sealed with an unknown key')
  return Buffer.from(opened.reveal(), 'base64')
}
