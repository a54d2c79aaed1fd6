import { randomBytes } from 'node:crypto'
import type { Address, Channel } from '../domain/address.ts'
import { type AccountId, type Challenge, type Content, challengeId } from '../domain/challenge.ts'
import { deriveCode, digestCode } from '../domain/code.ts'
import { type Issue, judgeSend, type SendRefusal, type SendRequest } from '../domain/judge-send.ts'
import type { Limit, LimitUsage } from '../domain/limit.ts'
import type { Locale } from '../domain/locale.ts'
import type { Project } from '../domain/project.ts'
import { codePolicy, type Purpose } from '../domain/purpose.ts'
import type { Secret } from '../domain/secret.ts'
import type { CodeKeyring } from './code-keys.ts'
import { callerSendLimits, projectRequestLimits } from './limits.ts'
import type { Caller, ChallengeStore, DeliveryOutcome, Dispatcher } from './ports.ts'

/** What a dialect asks for. */
export type SendCommand = {
  project: Project
  purpose: Purpose
  channel: Channel
  address: Address
  /** The address as the caller wrote it. */
  target: string
  recordId?: string | null
  companion?: string | null
  accountId?: AccountId | null
  content: Content
  locale: Locale
  /** Who calls a keyless route; null when an API key or the server itself does. */
  caller: Caller | null
  condition?: SendRequest['condition']
  /** Seconds between two sends; the project's own by default. */
  cooldownSeconds?: number
  guards?: Limit[]
  idempotency?: SendRequest['idempotency']
  /** Wait this long for the carriers' first word. */
  waitMilliseconds?: number
}

export type SendOutcome =
  | { ok: true; challenge: Challenge; delivery: DeliveryOutcome; usage: LimitUsage[] }
  | { ok: false; refusal: SendCodeRefusal; retryAfterSeconds: number | null; usage: LimitUsage[] }

export type SendCodeRefusal = SendRefusal | 'idempotency-running'

/** Stores a challenge, commits, and only then hands it to a carrier. */
export type SendCode = (command: SendCommand) => Promise<SendOutcome>

export type SendCodeParts = { challenges: ChallengeStore; dispatcher: Dispatcher; keyring: CodeKeyring }

/** Over all projects of a server an address gets this many unverified sends a day (S1). */
const sendsPerDayEverywhere = 20

export function createSendCode({ challenges, dispatcher, keyring }: SendCodeParts): SendCode {
  const running = new Set<string>()

  const send = async (command: SendCommand): Promise<SendOutcome> => {
    const request = sendRequest(command)
    const judgement = await challenges.decideSend(request, (state) =>
      judgeSend(request, state, issueFor(request, keyring)),
    )
    if (!judgement.ok) return judgement

    const { challenge, usage } = judgement
    if (judgement.kind === 'replay' || challenge.deliveryState !== 'queued') {
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

  return async (command) => {
    if (command.idempotency == null) return send(command)
    // The same key on another node waits for the locks of this one and then repeats its answer.
    const name = `${command.project.id}:${command.idempotency.key}`
    if (running.has(name))
      return { ok: false, refusal: 'idempotency-running', retryAfterSeconds: 1, usage: [] }
    running.add(name)
    return send(command).finally(() => running.delete(name))
  }
}

/** The code of a challenge, derived anew. A fault when the key that made it is no longer there. */
export function revealCode(keyring: CodeKeyring, challenge: Challenge): Secret {
  const keys = challenge.digest === null ? null : keyring.find(challenge.digest.keyId)
  if (keys === null) throw new Error(`challenge ${challenge.id} has no code that this server can derive`)
  return deriveCode(keys, challenge.id, codePolicy(challenge.purpose, null).digits)
}

function sendRequest(command: SendCommand): SendRequest {
  const { project, purpose, content, caller } = command
  const { settings } = project
  const isOwnNotice = content === 'notice-password-reset'
  return {
    projectId: project.id,
    purpose,
    policy: codePolicy(purpose, settings.codeSeconds),
    channel: command.channel,
    address: command.address,
    target: command.target,
    recordId: command.recordId ?? null,
    companion: command.companion ?? null,
    accountId: command.accountId ?? null,
    content,
    locale: command.locale,
    condition: command.condition ?? null,
    cooldownSeconds: command.cooldownSeconds ?? settings.cooldownSeconds,
    caps: isOwnNotice
      ? null
      : {
          perTenMinutes: settings.sendsPerTenMinutes,
          perDay: settings.sendsPerDay,
          perDayEverywhere: sendsPerDayEverywhere,
        },
    limits: isOwnNotice
      ? []
      : caller === null
        ? projectRequestLimits(project)
        : callerSendLimits(project, caller),
    guards: command.guards ?? [],
    spendsToken: purpose === 'service',
    idempotency: command.idempotency ?? null,
    deliveryState: content === 'decoy' ? 'none' : settings.carrier === 'null' ? 'accepted' : 'queued',
  }
}

/** A decoy digests a code as well, so that it takes the same time; the digest is thrown away (S7). */
const issueFor =
  ({ projectId, address, purpose, content, policy }: SendRequest, { current }: CodeKeyring): Issue =>
  (now) => {
    const id = challengeId(now, randomBytes(6))
    const digest = digestCode(current, {
      projectId,
      address,
      purpose,
      code: deriveCode(current, id, policy.digits),
    })
    return { id, digest: content === 'code' ? digest : null }
  }
