import type { Address } from '../../../src/domain/address.ts'
import type { Caller } from '../../../src/domain/caller.ts'
import { type Challenge, challengeId } from '../../../src/domain/challenge.ts'
import { countedCaller } from '../../../src/domain/counted-caller.ts'
import {
  type AttemptedChallenge,
  type CheckRules,
  judgeCheck,
  limitsOfCheck,
} from '../../../src/domain/judge-check.ts'
import { judgeSend, limitId, limitsOfSend, type SendRules } from '../../../src/domain/judge-send.ts'
import type { Limit, LimitState } from '../../../src/domain/limit.ts'
import {
  defaultProjectSettings,
  type Project,
  type ProjectId,
  type WorkspaceId,
} from '../../../src/domain/project.ts'
import type { DestinationState } from '../../../src/domain/pumping.ts'
import { codePolicy, type Purpose } from '../../../src/domain/purpose.ts'
import type { Recipient } from '../../../src/domain/recipient.ts'
import { type PastSend, unverifiedSends } from '../../../src/domain/sends-to-address.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { callerSendLimits, failureLimits, pumpingOf, sendBudgets } from '../../../src/engine/codes/limits.ts'

/*
 * One project in production with default settings, made of the rules themselves and a clock: what its callers without a
 * key may still do while others try to use everything up.
 */

export type SimulatedServer = ReturnType<typeof createSimulatedServer>

const projectId = 'PRJ_denial' as ProjectId
const workspaceId = 'WSP_denial' as WorkspaceId
const prefix = '+255712'

export function createSimulatedServer(purpose: Purpose) {
  const isPhone = purpose.name !== 'account-login'
  const project = { id: projectId, settings: defaultProjectSettings } as Project
  const recipients = new Map<string, Recipient>()
  const newest = new Map<string, Challenge>()
  const sends = new Map<string, PastSend[]>()
  const limits = new Map<string, LimitState>()
  // Younger than a week, so that it has no usual traffic that an attack could surge above.
  const projectSince = new Date(Date.UTC(2027, 0, 1))
  let destination: DestinationState | null = null
  let now = new Date(Date.UTC(2027, 0, 1))
  let ids = 0

  const callerFrom = (network: string): Caller => ({
    network,
    userAgent: '',
    solution: null,
    isExempt: false,
  })
  const subjectOf = (address: string) => ({
    projectId,
    purpose: purpose.name,
    address: address as Address,
    recordId: null,
    secondAddress: null,
    accountId: null,
  })
  /** The windows of some limits: a judgement copies what it gets. */
  const windowsOf = (wanted: Limit[]): ReadonlyMap<string, LimitState> =>
    new Map(
      wanted.flatMap((limit) => {
        const state = limits.get(limitId(limit))
        return state === undefined ? [] : [[limitId(limit), state] as const]
      }),
    )
  const keep = (changed: ReadonlyMap<string, LimitState>): void => {
    for (const [id, state] of changed) limits.set(id, state)
  }

  return {
    passMinutes(minutes: number): void {
      now = new Date(now.getTime() + minutes * 60_000)
    },

    /** Asks for a code; whether it was accepted. A decoy is for an address without an account. */
    send(network: string, address: string, content: 'code' | 'decoy' = 'code'): boolean {
      const caller = callerFrom(network)
      const counted = countedCaller(caller)
      const phone = isPhone
        ? { country: 'TZ' as const, callingCode: '255', prefix, tariff: 'ordinary' as const }
        : null
      const { settings } = project
      const rules: SendRules = {
        policy: codePolicy(purpose, settings),
        caller: counted,
        condition: null,
        cooldownSeconds: 0,
        caps: {
          perTenMinutes: settings.sendsPerTenMinutes,
          perDay: settings.sendsPerDay,
          perDayEverywhere: settings.sendsPerDayEverywhere,
        },
        limits: callerSendLimits(project, caller),
        guards: [],
        budgets: sendBudgets(project, { phone, caller: counted }),
        destination: pumpingOf(project, { phone, caller: counted }),
        work: null,
        fixedCodeUntil: null,
        spendsToken: false,
        mayRepeat: false,
        idempotency: null,
        fallbacks: [],
      }
      const judged = judgeSend(
        {
          subject: subjectOf(address),
          delivery: { channel: 'sms', target: address, content, locale: 'en', deliveryState: 'accepted' },
          keyId: 'key',
          apiKeyId: null,
          rules,
        },
        {
          now,
          recipient: recipients.get(address) ?? null,
          sent: unverifiedSends(sends.get(address) ?? [], { projectId, workspaceId }),
          last: newest.get(address) ?? null,
          justSent: null,
          quota: { granted: null, used: 0 },
          limits: windowsOf(limitsOfSend(rules)),
          destination: phone === null ? null : { state: destination, projectSince },
          first: null,
        },
        (at) => {
          ids += 1
          return challengeId(at, Buffer.from(ids.toString(16).padStart(12, '0'), 'hex'))
        },
      )
      keep(judged.limits)
      if (!judged.ok) {
        destination = judged.stop?.destination ?? destination
        return false
      }
      if (judged.kind !== 'new') throw new Error('nothing is repeated here')
      newest.set(address, judged.challenge)
      sends.set(address, [
        ...(sends.get(address) ?? []),
        { projectId, workspaceId, at: now, repeats: 0, usedAt: null, by: counted?.network ?? null },
      ])
      destination = judged.destination ?? destination
      return true
    },

    /** Enters a right or a wrong code; whether it was looked at, and right. */
    check(network: string, address: string, isRight: boolean): 'right' | 'wrong' | 'refused' {
      const caller = callerFrom(network)
      const challenge = newest.get(address) ?? null
      const rules: CheckRules = {
        caller: countedCaller(caller),
        limits: [],
        guards: [],
        ...failureLimits(project, { purpose, address, caller }),
        prefix: isPhone ? prefix : null,
      }
      const judged = judgeCheck(
        {
          subject: subjectOf(address),
          code: new Secret(isRight ? 'right' : 'wrong'),
          mode: 'spend',
          rules,
        },
        {
          now,
          recipient: recipients.get(address) ?? null,
          challenge,
          limits: windowsOf(limitsOfCheck(rules)),
          destination,
          wasWrong: false,
        },
        () => new Secret('right'),
      )
      keep(judged.limits)
      if (judged.recipient !== null) recipients.set(address, judged.recipient)
      if (judged.destination !== null) destination = judged.destination
      const changed: AttemptedChallenge | null = judged.challenge
      if (changed !== null && challenge !== null) newest.set(address, { ...challenge, ...changed })
      if (judged.ok) {
        const past = sends.get(address) ?? []
        sends.set(
          address,
          past.map((send, index) => (index === past.length - 1 ? { ...send, usedAt: now } : send)),
        )
        return 'right'
      }
      return judged.refusal === 'mismatch' ? 'wrong' : 'refused'
    },
  }
}
