import { randomFillSync } from 'node:crypto'
import { type Challenge, challengeId, isUncappedNotice } from '../../domain/challenge.ts'
import { countedCaller } from '../../domain/counted-caller.ts'
import type { DestinationRefusal } from '../../domain/judge-destination.ts'
import {
  judgeSend,
  type MakeId,
  type SendRefusal,
  type SendRequest,
  type SendRules,
} from '../../domain/judge-send.ts'
import type { Limit, LimitUsage } from '../../domain/limit.ts'
import { chooseMessageLocale } from '../../domain/message-language.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PrefixStop } from '../../domain/pumping.ts'
import { codePolicy } from '../../domain/purpose.ts'
import { findTestRecipient } from '../../domain/test-recipient.ts'
import type { ChallengeStore } from '../ports/challenges.ts'
import type { DeliveryOutcome, Dispatcher } from '../ports/dispatcher.ts'
import type { Admission, AdmitSend } from './admit-send.ts'
import type { CodeKeyring } from './code-keys.ts'
import { callerSendLimits, projectRequestLimits, pumpingOf, sendBudgets } from './limits.ts'
import type { SendCommand, SendOption } from './send-command.ts'
import { subjectOf } from './subject.ts'

export type SendOutcome<Option extends SendOption = SendOption> =
  | { ok: true; challenge: Challenge; delivery: DeliveryOutcome; usage: LimitUsage[] }
  | {
      ok: false
      refusal: SendCodeRefusal<Option>
      retryAfterSeconds: number | null
      usage: LimitUsage[]
    }

/** Why a command with these options can be refused: the refusals of every send, and those of its options. */
export type SendCodeRefusal<Option extends SendOption = SendOption> =
  | Exclude<AnyRefusal, OptionRefusals[SendOption]>
  | OptionRefusals[Option]

type AnyRefusal = SendRefusal | DestinationRefusal | 'idempotency-running'

/** The refusals that only a command with this option can get. */
type OptionRefusals = {
  caller: 'caller-refused' | 'work-required'
  condition: 'live-code-exists' | 'no-code-issued'
  guards: 'too-many-unknown-addresses'
  idempotency: 'idempotency-mismatch' | 'idempotency-running'
  spendsToken: 'out-of-tokens'
}

/**
 * Stores a challenge, commits, and only then hands it to a carrier. A caller that names the options it sets gets only
 * their refusals; a caller that names none gets all refusals.
 */
export type SendCode = <Option extends SendOption>(
  command: SendCommand<Option>,
) => Promise<SendOutcome<Option>>

export type SendCodeParts = {
  challenges: Pick<ChallengeStore, 'decideSend'>
  dispatcher: Dispatcher
  keyring: Pick<CodeKeyring, 'current'>
  admitSend: AdmitSend
  /** Called for each prefix that a send has stopped, after the commit (S4). */
  onStop: (stop: DestinationStop) => void
}

/** A prefix that has just been stopped. */
export type DestinationStop = PrefixStop & { projectId: ProjectId; prefix: string }

export function createSendCode({
  challenges,
  dispatcher,
  keyring,
  admitSend,
  onStop,
}: SendCodeParts): SendCode {
  const running = new Set<string>()
  const makeId = createIdMaker()

  const send = async (command: SendCommand): Promise<SendOutcome> => {
    // Notices must reach the owner, whatever the destination.
    const admission = isOwnNotice(command) ? unjudged : admitSend(command)
    if (!admission.ok) return { ...admission, usage: [] }
    const request = sendRequest(command, { keyId: keyring.current.id, admission })
    const judgement = await challenges.decideSend(request, (state) => judgeSend(request, state, makeId))
    if (!judgement.ok) {
      const { refusal, retryAfterSeconds, usage, stop } = judgement
      const { destination } = request.rules
      if (stop !== null && destination !== null) {
        const { reason, sends, verified, until } = stop
        onStop({ projectId: command.project.id, prefix: destination.prefix, reason, sends, verified, until })
      }
      return { ok: false, refusal, retryAfterSeconds, usage }
    }

    const { challenge, usage } = judgement
    if (judgement.kind !== 'new' || challenge.deliveryState !== 'queued') {
      return { ok: true, challenge, delivery: 'accepted', usage }
    }
    if (command.waitMilliseconds === undefined) {
      dispatcher.dispatch(challenge)
      return { ok: true, challenge, delivery: 'pending', usage }
    }
    return {
      ok: true,
      challenge,
      delivery: await dispatcher.dispatchAndWait(challenge, command.waitMilliseconds),
      usage,
    }
  }

  const sendOnce = async (command: SendCommand): Promise<SendOutcome> => {
    if (command.idempotency == null) return send(command)
    // The same key on another node waits for the locks of this send and then repeats its answer.
    const name = `${command.project.id}:${command.idempotency.key}`
    if (running.has(name))
      return { ok: false, refusal: 'idempotency-running', retryAfterSeconds: 1, usage: [] }
    running.add(name)
    return send(command).finally(() => running.delete(name))
  }
  // The refusals of an option come only from that option, which the compiler cannot see through the judgement.
  return sendOnce as SendCode
}

type Admitted = Extract<Admission, { ok: true }>

const unjudged: Admitted = { ok: true, phone: null, work: null, isAllowedCaller: false }

const isOwnNotice = ({ content }: SendCommand): boolean => isUncappedNotice(content)

function sendRequest(
  command: SendCommand,
  { keyId, admission }: { keyId: string; admission: Admitted },
): SendRequest {
  const { project, address, channel, target, content, languages, accountLocale = null } = command
  const { settings } = project
  const locale = chooseMessageLocale({
    ...languages,
    account: accountLocale,
    address,
    project: settings.locale,
  })
  const deliveryState = content === 'decoy' ? 'none' : settings.carrier === 'null' ? 'accepted' : 'queued'
  return {
    subject: subjectOf(command),
    delivery: { channel, target, content, locale, deliveryState },
    keyId,
    apiKeyId: command.apiKeyId ?? null,
    rules: sendRules(command, admission),
  }
}

function sendRules(command: SendCommand, admission: Admitted): SendRules {
  const { project, purpose, channel, address } = command
  const { settings } = project
  const { phone, work } = admission
  const isNotice = isOwnNotice(command)
  const policy = codePolicy(purpose, settings)
  const fixed = findTestRecipient(settings, address, policy.digits)
  const caller = admission.isAllowedCaller ? null : countedCaller(command.caller ?? null)
  return {
    policy,
    caller,
    condition: command.condition ?? null,
    cooldownSeconds: command.cooldownSeconds ?? settings.cooldownSeconds,
    caps: isNotice
      ? null
      : {
          perTenMinutes: settings.sendsPerTenMinutes,
          perDay: settings.sendsPerDay,
          perDayEverywhere: settings.sendsPerDayEverywhere,
        },
    limits: isNotice ? [] : requestLimits(command, admission),
    guards: command.guards ?? [],
    budgets: isNotice ? [] : sendBudgets(project, { phone, caller }),
    destination: pumpingOf(project, { phone, caller }),
    work,
    fixedCodeUntil: fixed?.until ?? null,
    spendsToken: command.spendsToken ?? false,
    // A registration is another one each time, with a password of its own, so its code is another one too.
    mayRepeat: command.caller != null && !isNotice && command.recordId == null,
    idempotency: command.idempotency ?? null,
    // A caller who waits gets the final outcome, which a later message by another channel would contradict.
    fallbacks: command.waitMilliseconds === undefined ? (settings.fallbacks[channel] ?? []) : [],
  }
}

function requestLimits({ project, caller }: SendCommand, { isAllowedCaller }: Admitted): Limit[] {
  if (caller === null) return projectRequestLimits(project)
  return isAllowedCaller ? [] : callerSendLimits(project, caller)
}

/**
 * Each id needs six random bytes. Requesting so few from the system costs more than judging the whole send, so this gets
 * the bytes for many ids at a time. An id is not secret: codes are derived with the key.
 */
function createIdMaker(): MakeId {
  const pool = Buffer.alloc(6 * 512)
  let used = pool.length
  return (now) => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += 6
    return challengeId(now, pool.subarray(used - 6, used))
  }
}
