import type { Caller } from '../../domain/caller.ts'
import { countedCaller } from '../../domain/counted-caller.ts'
import { prefixOf } from '../../domain/destination.ts'
import type { Proof } from '../../domain/evidence.ts'
import { type CheckRefusal, type CheckRequest, type CodeOf, judgeCheck } from '../../domain/judge-check.ts'
import type { Limit, LimitUsage } from '../../domain/limit.ts'
import { digitsOf } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import { findTestRecipient } from '../../domain/test-recipient.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { CodeKeyring } from './code-keys.ts'
import { failureLimits, projectRequestLimits } from './limits.ts'
import { type SubjectFields, subjectOf } from './subject.ts'

/** What a dialect asks for. The code has passed `parseCode`. */
export type CheckCommand = SubjectFields & {
  code: Secret
  mode?: CheckRequest['mode']
  /** Any live code for the address and purpose is right, whatever record it was sent for. */
  anyRecord?: boolean
  /** Who calls a keyless route; null when an API key does. */
  caller: Caller | null
  /** Limits that refuse when exhausted, in addition to those of every check. */
  guards?: Limit[]
}

export type CheckOutcome =
  | { ok: true; proof: Proof; usage: LimitUsage[] }
  | {
      ok: false
      refusal: CheckRefusal
      retryAfterSeconds: number | null
      usage: LimitUsage[]
      repeats?: Proof
    }

/** Judges a check. The attempt is counted and committed before the answer, whatever the answer is (V1). */
export type CheckCode = (command: CheckCommand) => Promise<CheckOutcome>

export type CheckCodeParts = {
  challenges: Pick<ChallengeStore, 'decideCheck'>
  keyring: Pick<CodeKeyring, 'codeOf'>
}

export function createCheckCode({ challenges, keyring }: CheckCodeParts): CheckCode {
  return async (command) => {
    const {
      project,
      purpose,
      address,
      code,
      caller,
      mode = 'spend',
      anyRecord = false,
      guards = [],
    } = command
    const request: CheckRequest = {
      subject: subjectOf(command),
      code,
      mode,
      anyRecord,
      rules: {
        caller: countedCaller(caller),
        limits: caller === null ? projectRequestLimits(project) : [],
        guards,
        ...failureLimits(project, { purpose, address, caller }),
        prefix: project.settings.pumpingLimit === null ? null : prefixOf(address),
      },
    }
    const fixed = findTestRecipient(project.settings, address, digitsOf(purpose, project.settings))
    const codeAt = (now: Date): CodeOf =>
      fixed !== null && now < fixed.until ? () => fixed.code : keyring.codeOf
    return challenges.decideCheck(request, (state) => judgeCheck(request, state, codeAt(state.now)))
  }
}
