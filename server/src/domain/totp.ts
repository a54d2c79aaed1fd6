import { createHmac } from 'node:crypto'
import { codesMatch } from './code.ts'
import { Secret } from './secret.ts'

/*
 * Codes of authenticator apps (TOTP, RFC 6238), with the parameters that every app knows: HMAC-SHA-1, six digits, steps of
 * 30 seconds.
 */

export const totpDigits = 6
const stepSeconds = 30
/** A clock may be a step off, and typing takes time (RFC 6238 section 5.2). */
const driftSteps = 1
/** After that many wrong codes in a row the app's codes are refused for a while, which doubles each time. */
const failuresMax = 5
const lockSeconds = 15 * 60
const lockSecondsMax = 24 * 3600

/** What is stored about an authenticator app, besides its secret. */
export type TotpState = {
  /** The step of the last code that was right: it and earlier ones open nothing any more. */
  lastStep: number
  failuresInRow: number
  lockedUntil: Date | null
}

export type TotpJudgement =
  | { ok: true; next: TotpState }
  | { ok: false; refusal: 'mismatch'; next: TotpState }
  | { ok: false; refusal: 'locked'; retryAfterSeconds: number; next: TotpState }

/** Judges a code. A wrong one is counted in `next`, so no caller can forget to store it (V1). */
export function judgeTotp(
  state: TotpState,
  { key, code, now }: { key: Buffer; code: Secret; now: Date },
): TotpJudgement {
  const { lastStep, failuresInRow, lockedUntil } = state
  if (lockedUntil !== null && now < lockedUntil) {
    const retryAfterSeconds = Math.ceil((lockedUntil.getTime() - now.getTime()) / 1000)
    return { ok: false, refusal: 'locked', retryAfterSeconds, next: state }
  }
  const step = stepsAround(now).find(
    (candidate) => candidate > lastStep && codesMatch(totpAt(key, candidate), code),
  )
  if (step !== undefined) return { ok: true, next: { lastStep: step, failuresInRow: 0, lockedUntil: null } }
  const failures = failuresInRow + 1
  return {
    ok: false,
    refusal: 'mismatch',
    next: { lastStep, failuresInRow: failures, lockedUntil: lockAfter(failures, now) },
  }
}

/** The code of one step (RFC 4226 section 5.3). */
export function totpAt(key: Buffer, step: number): Secret {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  const number = (digest.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** totpDigits
  return new Secret(String(number).padStart(totpDigits, '0'))
}

/** The step of a moment. */
export const totpStep = (moment: Date): number => Math.floor(moment.getTime() / 1000 / stepSeconds)

const stepsAround = (now: Date): number[] =>
  Array.from({ length: 2 * driftSteps + 1 }, (_, index) => totpStep(now) + index - driftSteps)

/**
 * Whoever is asked for these codes has passed a first step, so nobody else can lock them. With one guess in 333,333 right
 * within the drift, a day allows 35 guesses at first and five later on.
 */
function lockAfter(failures: number, now: Date): Date | null {
  if (failures % failuresMax !== 0) return null
  const seconds = Math.min(lockSecondsMax, lockSeconds * 2 ** (failures / failuresMax - 1))
  return new Date(now.getTime() + seconds * 1000)
}
