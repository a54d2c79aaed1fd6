import { createAddressList } from '../../domain/address-list.ts'
import type { PhoneDestination } from '../../domain/destination.ts'
import {
  type DestinationRefusal,
  type DestinationRules,
  judgeDestination,
} from '../../domain/judge-destination.ts'
import type { SendRules } from '../../domain/judge-send.ts'
import type { ProjectSettings } from '../../domain/project.ts'
import type { ProofOfWork } from './proof-of-work.ts'
import type { SendCommand } from './send-command.ts'

export type Admission =
  | { ok: true; phone: PhoneDestination | null; work: SendRules['work']; isAllowedCaller: boolean }
  | { ok: false; refusal: DestinationRefusal | 'work-required'; retryAfterSeconds: number | null }

/** Judges what needs no database: the destination of a send, its caller, and its proof of work. */
export type AdmitSend = (command: SendCommand) => Admission

export type AdmitSendParts = {
  proofOfWork: Pick<ProofOfWork, 'read'>
  /** Domains of disposable addresses. Called only if a project refuses them. */
  disposableDomains: () => ReadonlySet<string>
}

export function createAdmitSend({ proofOfWork, disposableDomains }: AdmitSendParts): AdmitSend {
  // Made once for settings, which are the same object until they are loaded again.
  const known = new WeakMap<ProjectSettings, DestinationRules>()
  const rulesOf = (settings: ProjectSettings): DestinationRules => {
    const rules = known.get(settings) ?? makeRules(settings, disposableDomains)
    known.set(settings, rules)
    return rules
  }

  return (command) => {
    const { project, channel, address, caller } = command
    const { settings } = project
    const network = caller?.network ?? null
    const judged = judgeDestination(rulesOf(settings), { channel, address, network })
    // The answer is the one of an exhausted limit: a caller who knew of the list would continue from another network.
    if (!judged.ok)
      return { ...judged, retryAfterSeconds: judged.refusal === 'caller-refused' ? 3_600 : null }

    const { phone, isAllowedCaller } = judged
    const work = caller === null || isAllowedCaller ? null : proofOfWork.read(project, caller.solution)
    const isRequired = settings.proofOfWork !== null && caller !== null && !isAllowedCaller
    if (isRequired && work === null) return { ok: false, refusal: 'work-required', retryAfterSeconds: null }
    return { ok: true, phone, isAllowedCaller, work: work === null ? null : { ...work, isRequired } }
  }
}

const noDomains: ReadonlySet<string> = new Set()

const makeRules = (
  { region, countries, refuseDisposable, allow, deny }: ProjectSettings,
  disposableDomains: () => ReadonlySet<string>,
): DestinationRules => ({
  region,
  countries,
  refuseDisposable,
  allow: createAddressList(allow),
  deny: createAddressList(deny),
  disposableDomains: refuseDisposable ? disposableDomains() : noDomains,
})
